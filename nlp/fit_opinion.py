"""Fit how much rules and reader count in the second opinion. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_opinion --data DATA

It uses the labelled posts and sentences of the part `fit`, from which neither the reader nor the rules were made, and
writes nlp/model/opinion.toml.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from nlp.careful import features, whole
from nlp.pipeline import Tagger
from nlp.reader import MODEL, CarefulReader
from nlp.tags import Document
from nlp.train_reader import Example, real_posts, sentences

NAMES = ("reader_signal", "reader_promotes", "reader_otherwise", "reader_none", "rules_promote", "rules_object")


def rows(examples: Sequence[Example]) -> list[list[float]]:
    """Give the features of each example, in the order of NAMES."""
    documents = [Document(example.text) for example in examples]
    tags = Tagger(careful=False).tag(documents)
    readings = CarefulReader().read([whole(document) for document in documents])
    found = [features(reading, said) for reading, said in zip(readings, tags, strict=True)]
    return [[each[name] for name in NAMES] for each in found]


def best_threshold(signals: Any, scores: Any) -> float:
    """Give the score from where on calling a post a signal gives the best F1."""
    tried = numpy.arange(0.25, 0.66, 0.01)
    hits = [(scores >= at) for at in tried]
    f1 = [2 * (hit & signals).sum() / (hit.sum() + signals.sum()) for hit in hits]
    near_best = [at for at, value in zip(tried, f1, strict=True) if value >= max(f1) - 0.01]
    return float(numpy.median(near_best))


def main() -> None:
    """Fit, choose the threshold on scores that the fit has not seen, and write both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    said = parser.parse_args()
    posts, written = list(real_posts(said.data, "fit")), list(sentences("fit"))
    examples = [*posts, *written]
    table = numpy.array(rows(examples))
    signals = numpy.array([example.signal == 1 for example in examples])
    weights = numpy.array([example.weight for example in posts] + [0.5] * len(written))
    model = LogisticRegression(C=0.3, max_iter=1000)
    scores = cross_val_predict(model, table, signals, cv=8, method="predict_proba", params={"sample_weight": weights})
    at = best_threshold(signals, scores[:, 1])
    model.fit(table, signals, sample_weight=weights)
    lines = [f'release = "{time.strftime("%Y%m%dT%H%M")}"', f"intercept = {model.intercept_[0]:.4f}"]
    lines += [f"signal_at = {at:.2f}", "", "[weights]"]
    lines += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, model.coef_[0], strict=True)]
    (MODEL / "opinion.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    print(f"{len(examples)} examples, {signals.sum()} signals")


if __name__ == "__main__":
    main()
