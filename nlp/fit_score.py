"""Fits the weights of `nlp/score.toml` on labelled real posts:

    python -m nlp.fit_score ARCHIVE

ARCHIVE is a folder of CSV files (gzip) with `id` and `text`; the labels are `nlp/labels/posts.csv`, of which only the
part `train` is used. A maintainer's command: the weights are a ridge logistic regression of "the post is a signal" on
what the rules read of its likeliest falsifiable claim, so that scores are probabilities. Prints how well they fit.
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy

from nlp.knowledge import HERE
from nlp.pipeline import Tagger
from nlp.score import probability, read_weights
from nlp.tags import Document

_RIDGE = 1.0
_ROUNDS = 40


def labels(path: Path) -> dict[str, bool]:
    """Give whether each post of the part `train` is a signal, by id."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["signal"] == "1" for row in csv.DictReader(file) if row["part"] == "train"}


def texts(archive: Path, wanted: dict[str, bool]) -> Iterator[tuple[str, str]]:
    """Give id and text of each wanted post, once."""
    csv.field_size_limit(2**31 - 1)
    seen: set[str] = set()
    for path in sorted(archive.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["id"] in wanted and row["id"] not in seen:
                    seen.add(row["id"])
                    yield row["id"], row["text"]


def fitted(rows: list[dict[str, float]], signals: list[bool]) -> tuple[float, dict[str, float]]:
    """Give intercept and weights of the ridge logistic regression, by Newton's method."""
    names = sorted({name for row in rows for name in row})
    x = numpy.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])
    y = numpy.array(signals, dtype=float)
    ridge = _RIDGE * numpy.eye(x.shape[1])
    ridge[0, 0] = 0.01
    weights = numpy.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        p = 1.0 / (1.0 + numpy.exp(-x @ weights))
        gradient = x.T @ (y - p) - ridge @ weights
        weights = weights + numpy.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, gradient)
    return float(weights[0]), {name: round(float(w), 3) for name, w in zip(names, weights[1:], strict=True)}


def main(archive: Path) -> None:
    """Fit, write, and print a reliability table."""
    wanted = labels(HERE / "labels" / "posts.csv")
    posts = list(texts(archive, wanted))
    tagger = Tagger(careful=False)
    found = [tagger.reasons(Document(text)) for _, text in posts]
    rows = [reasons for reasons in found if reasons]
    signals = [wanted[post_id] for (post_id, _), reasons in zip(posts, found, strict=True) if reasons]
    intercept, weights = fitted(rows, signals)
    path = HERE / "score.toml"
    release = read_weights(path).release
    lines = [f'release = "{release}"', f"intercept = {intercept:.3f}", "", "[weights]"]
    path.write_text("\n".join([*lines, *(f'"{name}" = {weight:g}' for name, weight in weights.items())]) + "\n")
    again = read_weights(path)
    scores = [probability(again, row) for row in rows]
    print(f"posts {len(posts)}, signals {sum(wanted[i] for i, _ in posts)}, with a claim in play {len(rows)}")
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = [signal for score, signal in zip(scores, signals, strict=True) if low <= score < low + 0.2]
        if inside:
            print(
                f"score {low:.1f} to {low + 0.2:.1f}: {len(inside)} posts, {sum(inside) / len(inside):.2f} are signals"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
