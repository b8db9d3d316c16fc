"""Fit how much rules and reader count in the second opinion. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_opinion --data DATA

It uses the labelled posts of the part `fit`, from which neither the reader nor the rules were made, and writes
nlp/model/opinion.toml.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy
from sklearn.linear_model import LogisticRegression

from nlp.careful import features, whole
from nlp.pipeline import Tagger
from nlp.reader import MODEL, CarefulReader
from nlp.tags import Document
from nlp.train_reader import Example, real_posts

NAMES = ("reader_signal", "rules_promote")


def rows(examples: Sequence[Example]) -> list[list[float]]:
    """Give the features of each example, in the order of NAMES."""
    documents = [Document(example.text) for example in examples]
    tags = Tagger(careful=False).tag(documents)
    readings = CarefulReader().read([whole(document) for document in documents])
    found = [features(reading, said) for reading, said in zip(readings, tags, strict=True)]
    return [[each[name] for name in NAMES] for each in found]


def main() -> None:
    """Fit the weights and write them with the threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    # The best F1 lies at half of itself, below 0.5; a little above that half, since to flag somebody who debunks costs
    # the people who read the list more than to miss somebody who promotes.
    parser.add_argument("--at", type=float, default=0.4, help="the score from where on a post is a signal")
    said = parser.parse_args()
    examples = list(real_posts(said.data, "fit"))
    table = numpy.array(rows(examples))
    signals = numpy.array([example.signal == 1 for example in examples])
    model = LogisticRegression(max_iter=1000)
    model.fit(table, signals)
    lines = [f'release = "{time.strftime("%Y%m%dT%H%M")}"', f"intercept = {model.intercept_[0]:.4f}"]
    lines += [f"signal_at = {said.at:.2f}", "", "[weights]"]
    lines += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, model.coef_[0], strict=True)]
    (MODEL / "opinion.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    print(f"{len(examples)} examples, {signals.sum()} signals")


if __name__ == "__main__":
    main()
