"""Train the careful reader: a small transformer that reads the posts which may be signals. For developers only.

    python -m nlp.train_reader --data DATA --base BASE.jar --but plain- irony-
    python -m nlp.train_reader --data DATA --again plain- irony- --epochs 1

`make model DATA=DATA` does it with all that belongs to it: it fetches BASE.jar and runs the other fits. That of the
gate comes before: a post that it stops, and that is no signal, is not trained on, since the reader never sees it.

DATA is the folder of public data that holds the texts (nlp/model/CARD.md names it). The labels of real posts stand in
nlp/labels as ids, without texts; the sentences written for training in nlp/training. The jar carries the pretrained
encoder; its last layers and rare words are left out, so that the model stays small. The same inputs and the same seed
give the same model on the same kind of machine. It ends with how well it does on posts and sentences of the part `fit`,
which are kept from training, so that settings are chosen without a look at the test part. Nothing here runs in the
product.

With --again the reader that ships is taught further, in a quarter of the time: the posts, sentences of the files in
nlp/training whose names begin so, and of the other sentences a share, lest it forget them.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from nlp.fit_themes import STATES
from nlp.knowledge import HERE
from nlp.labelled import STANCES, THEMES, UNKNOWN, Example, public_texts, real_posts, sentences
from nlp.pipeline import Tagger
from nlp.reader import LONGEST, CarefulReader, prepared
from nlp.reader_net import FROZEN, LAYERS, WORDS, ReaderNet, write_again, write_base
from nlp.roughen import roughened
from nlp.tags import Document

ENCODER_RATE, HEAD_RATE = 1e-4, 1e-3
SIZE = 32
SEVEN_BITS = True
"""Weights are numbers of seven bits: with eight, processors that lack instructions for them cut large sums off, and say
another probability than those that have them."""
AGAIN_RATE, AGAIN_SHARE = 0.7, 0.6
"""A reader that is taught further takes steps of this share, and sees this share of the sentences of before."""
COUNTED = 100_000
TAGS = 300
_TAG = re.compile(r"#(\w+)")
HALF = any(torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16"))
"""Whether this machine reckons in half precision itself: where it must imitate that, it takes three times as long."""


def worth_reading(posts: Sequence[Example]) -> list[Example]:
    """Leave out the posts that the gate stops, unless they are signals: the reader never sees them."""
    tags = Tagger(careful=False).tag([Document(post.text) for post in posts])
    return [post for post, said in zip(posts, tags, strict=True) if said.candidate or post.signal == 1]


def common_tags(texts: Sequence[str]) -> list[str]:
    """Give the commonest hashtags of the archives, without '#', of diseases and meetings for the most part."""
    counts = Counter(tag.lower() for text in texts for tag in set(_TAG.findall(text)))
    return [tag for tag, _ in counts.most_common(TAGS)]


class Batch(NamedTuple):
    """Examples as tensors; `asked`: 1 where it is known whether a text is about a theme."""

    ids: Any
    mask: Any
    signal: Any
    stance: Any
    themes: Any
    asked: Any
    weight: Any


def batches(
    examples: Sequence[Example], tags: Sequence[str], tokenizer: Tokenizer, rng: random.Random
) -> Iterator[Batch]:
    """Give shuffled batches of about the same length each, every text in another form than the last time."""
    examples = [example._replace(text=roughened(example.text, tags, rng)) for example in examples]
    lengths = [len(tokenizer.encode(prepared(example.text)).ids) for example in examples]
    order = list(range(len(examples)))
    rng.shuffle(order)
    for start in range(0, len(order), SIZE * 32):
        near = sorted(order[start : start + SIZE * 32], key=lengths.__getitem__)
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
    """Give the loss of a batch: signal, stance and themes, the latter two where they are known."""
    signal, stance, pooled = net(batch.ids, batch.mask)
    about = nn.functional.binary_cross_entropy_with_logits(net.themes(pooled), batch.themes, reduction="none")
    total = (about * batch.asked).sum(-1).mean() * 0.4
    each = nn.functional.binary_cross_entropy_with_logits(
        signal, batch.signal.float(), reduction="none", pos_weight=torch.tensor(1.5)
    )
    total = total + (each * batch.weight).mean()
    said = nn.functional.cross_entropy(stance, batch.stance, reduction="none", ignore_index=UNKNOWN)
    return total + (said * batch.weight).mean() * 0.7


def tokenizer_of_training(base: Path) -> Tokenizer:
    """Give the tokenizer, cutting and padding as the training needs it."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    return tokenizer


def optimizer_of(net: ReaderNet, pace: float) -> Any:
    """Freeze what stays as it was pretrained, and give the optimizer of the rest, `pace` times as fast as usual."""
    for kept in (net.encoder.embeddings, *net.encoder.encoder.layer[:FROZEN]):
        kept.requires_grad_(False)
    encoder = [weight for weight in net.encoder.parameters() if weight.requires_grad]
    heads = [*net.signal.parameters(), *net.stance.parameters(), *net.themes.parameters()]
    rates = [{"params": encoder, "lr": pace * ENCODER_RATE}, {"params": heads, "lr": pace * HEAD_RATE}]
    return torch.optim.AdamW(rates, weight_decay=0.01, fused=True)


def train(
    base: Path,
    examples: Sequence[Example],
    tags: Sequence[str],
    epochs: int,
    pace: float,
    threads: int,
    seed: int,
) -> ReaderNet:
    """Fine-tune the reader on `examples`, printing the loss as it goes; `tags`: hashtags to write beside some."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)  # one start for all seeds, or the mean of their weights would mean nothing
    net, tokenizer = ReaderNet.start(base), tokenizer_of_training(base)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    steps = epochs * (len(examples) // SIZE + 1)
    optimizer = optimizer_of(net, pace)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [pace * ENCODER_RATE, pace * HEAD_RATE], total_steps=steps + epochs, pct_start=0.1
    )
    started, step = time.monotonic(), 0
    net.train()
    for epoch in range(epochs):
        for batch in batches(examples, tags, tokenizer, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF):
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


def measure(net: ReaderNet, tokenizer: Tokenizer, examples: Sequence[Example]) -> None:
    """Print F1 of `signal` and how often the stance is right, on examples kept from training."""
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


def export(net: ReaderNet, base: Path, out: Path, release: str) -> None:
    """Write the model as int8 ONNX with its tokenizer and what its outputs mean; its themes are fitted afterwards."""
    out.mkdir(parents=True, exist_ok=True)
    net.encoder.set_attn_implementation("eager")  # the other way is quicker to train, and its graph harder to export
    whole = out / "reader.float.onnx"
    example = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    axes = {name: {0: "posts"} for name in ("signal", "stance", STATES)}
    axes |= {name: {0: "posts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(
        net,
        example,
        str(whole),
        input_names=["input_ids", "attention_mask"],
        output_names=["signal", "stance", STATES],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, out / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=SEVEN_BITS)
    whole.unlink()
    shutil.copy(base / "tokenizer.json", out / "tokenizer.json")
    said = {"release": release, "stances": STANCES, "themes": THEMES}
    (out / "model.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def chosen(data: Path, but: Sequence[str], again: Sequence[str]) -> list[Example]:
    """Give the examples of the part `train`, those of files whose names begin as one of `but` left out; for a reader
    that is taught `again`, the posts, those of such files and a share of the other sentences.
    """
    posts, named = worth_reading(real_posts(data, "train")), [*but, *again]
    apart = sentences("train", named) if named else []
    texts = {example.text for example in apart}
    others = [example for example in sentences("train") if example.text not in texts]
    if not again:
        return [*posts, *others]
    return [*posts, *apart, *random.Random(1).sample(others, round(AGAIN_SHARE * len(others)))]


def pace_of(said: argparse.Namespace) -> float:
    """Give how large the steps of a training are, as a share of the usual ones."""
    return AGAIN_RATE if said.again else 1.0


def release_of(said: argparse.Namespace, tags: Sequence[str], examples: Sequence[Example]) -> str:
    """Give the name of a release: when it was trained, and a hash of all that it was made from."""
    seen = [(e.text, e.signal, e.stance, sorted(e.themes), sorted(e.asked), e.weight) for e in examples]
    start = said.base.name if said.base else CarefulReader().release
    shape = (LAYERS, FROZEN, HALF, SEVEN_BITS, WORDS, ENCODER_RATE, HEAD_RATE, SIZE)
    made = (start, shape, pace_of(said), tags, said.seeds, said.epochs)
    inputs = hashlib.sha256(repr((made, seen)).encode())
    return f"{time.strftime('%Y.%m.%dT%H%M')}+{inputs.hexdigest()[:8]}"


def main() -> None:
    """Train on the part `train`, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--base", type=Path, help="the jar that carries the pretrained encoder")
    parser.add_argument(
        "--but", metavar="NAME", nargs="+", default=[], help="leave out what is in files that begin so: for --again"
    )
    start.add_argument(
        "--again", metavar="NAME", nargs="+", default=[], help="teach the reader that ships, with files that begin so"
    )
    parser.add_argument("--out", type=Path, default=HERE / "model")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1, 2], help="train once for each, side by side, and average"
    )
    said = parser.parse_args()
    examples = chosen(said.data, said.but, said.again)
    signals = sum(example.signal == 1 for example in examples)
    print(f"{len(examples)} examples, {signals} signals", flush=True)
    texts = list(public_texts(said.data).values())
    random.Random(1).shuffle(texts)
    tags = common_tags(texts)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        if said.again:
            write_again(HERE / "model", base)
        else:
            write_base(said.base, [*texts[:COUNTED], *(example.text for example in examples)], base)
        threads = max(1, len(os.sched_getaffinity(0)) // len(said.seeds))
        with ProcessPoolExecutor(len(said.seeds), mp_context=get_context("spawn")) as pool:
            one = partial(train, base, examples, tags, said.epochs, pace_of(said), threads)
            net = averaged(list(pool.map(one, said.seeds)))
        tokenizer = tokenizer_of_training(base)
        measure(net, tokenizer, sentences("fit"))
        measure(net, tokenizer, worth_reading(real_posts(said.data, "fit")))
        export(net, base, said.out, release_of(said, tags, examples))


if __name__ == "__main__":
    main()
