"""Fit the weights of the gate before the careful reader. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_gate --data DATA

A logistic regression of "this post takes a stance on a health claim" on the words of labelled posts and of the
sentences written for training (parts `train`), against random posts of the archive. The threshold lets the asked-for
share of other random posts pass. Writes nlp/gate.csv, and prints what of the parts `fit` passes.
"""

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp.gate import INTERCEPT, features, weighed, write_weights
from nlp.inflection import stem
from nlp.knowledge import HERE
from nlp.labelled import STANCES, UNKNOWN, Example, labels, public_texts, real_posts, sentences
from nlp.lore import lore

RANDOM_POSTS = 40_000
LEAST_POSTS, LEAST_PAIRS = 4, 6
LEAST_WEIGHT = 0.1
NONE = STANCES.index("none")


def words_of(texts: Sequence[str]) -> list[set[str]]:
    """Give the features of each text."""
    reader = lore(HERE).reader
    return [features(reader.read(text).stems) for text in texts]


def vocabulary(posts: Sequence[set[str]]) -> dict[str, int]:
    """Give the place of each feature that is common enough and of words that the project knows already.

    A word that only real posts hold may be somebody's name.
    """
    known = {stem(word) for word in lore(HERE).vocabulary}
    known.update(*words_of([example.text for example in sentences("train")]))
    counts = Counter(feature for post in posts for feature in post if known.issuperset(feature.split(" ")))
    kept = sorted(f for f, count in counts.items() if count >= (LEAST_PAIRS if " " in f else LEAST_POSTS))
    return {feature: place for place, feature in enumerate(kept)}


def matrix(posts: Sequence[set[str]], places: dict[str, int]) -> csr_matrix:
    """Give a row a post, with 1 for each feature it has."""
    cells = [(row, places[feature]) for row, post in enumerate(posts) for feature in post if feature in places]
    rows, columns = zip(*cells, strict=True)
    return csr_matrix((numpy.ones(len(cells)), (rows, columns)), shape=(len(posts), len(places)))


def fitted(examples: Sequence[Example], others: Sequence[str]) -> dict[str, float]:
    """Give the weight of each feature that matters."""
    posts = words_of([*(example.text for example in examples), *others])
    places = vocabulary(posts)
    stances = [example.stance != NONE for example in examples] + [False] * len(others)
    model = LogisticRegression(C=0.3, max_iter=400, class_weight="balanced")
    model.fit(matrix(posts, places), stances)
    weights = {feature: round(float(model.coef_[0][place]), 2) for feature, place in places.items()}
    return {feature: weight for feature, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}


def sums(weights: dict[str, float], texts: Sequence[str]) -> "numpy.ndarray":
    """Give the sum of weights of each text."""
    reader = lore(HERE).reader
    return numpy.array([weighed(weights, reader.read(text).stems) for text in texts])


def main() -> None:
    """Fit, write, and print what passes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.03, help="of random posts that pass by their words")
    said = parser.parse_args()
    labelled = {row["id"] for row in labels()}
    texts = [text for post_id, text in public_texts(said.data).items() if post_id not in labelled]
    random.Random(1).shuffle(texts)
    examples = [e for e in (*real_posts(said.data, "train"), *sentences("train")) if e.stance != UNKNOWN]
    weights = fitted(examples, texts[:RANDOM_POSTS])
    needed = float(numpy.quantile(sums(weights, texts[RANDOM_POSTS : 2 * RANDOM_POSTS]), 1 - said.share))
    write_weights(HERE / "gate.csv", {INTERCEPT: round(-needed, 2), **weights})
    for name, examples in (("posts", real_posts(said.data, "fit")), ("sentences", sentences("fit"))):
        passed = sums(weights, [example.text for example in examples]) >= needed
        for stance in STANCES:
            here = passed[[example.stance == STANCES.index(stance) for example in examples]]
            print(f"{name}, {stance:<9} {here.sum():>4} of {len(here):>4} pass by their words")
    print(f"{len(weights)} weights")


if __name__ == "__main__":
    main()
