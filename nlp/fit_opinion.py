"""Fit how much rules, reader and words count in the second opinion. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_opinion --data DATA

It uses the labelled posts of the part `fit` that the gate lets through, from which none of them was made, writes
nlp/model/opinion.toml and prints what each threshold would give on all posts and sentences of that part: of the score,
of what holds a post back, and of the stances. What the gate stops is missed there. The sentences fit nothing: signals
are far commoner among them than in a stream.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy
from sklearn.linear_model import LogisticRegression

from nlp.careful import DEBUNKS, NONE, Opinion, Weights, doubt_borne, features, spoken, whole
from nlp.gate import read_weights
from nlp.knowledge import HERE
from nlp.labelled import STANCES, Example, real_posts, sentences
from nlp.lore import lore
from nlp.pipeline import Tagger
from nlp.reader import MODEL, CarefulReader, Reading
from nlp.tags import Document

NAMES = Weights.__struct_fields__
THRESHOLDS = {
    # The higher, the fewer of those who debunk are flagged, who cost the list its readers, and the more promoters are
    # missed: tests/benchmarks/signals.py prints both.
    "signal_at": (0.35, "the score from where on a post is a signal"),
    "held_at": (0.06, "held back where debunking is likelier than this"),
    "held_plain_at": (0.15, "the same, where the rules are sure"),
    "held_short_at": (0.5, "the same, where they are sure of a short post"),
    "short_words": (12, "a post of at most so many words is short"),
    "plain_score": (0.73, "a claim with which the rules are sure"),
    "plain_share": (0.5, "of a post's words, with which they are sure"),
    "heard_at": (0.1, "no signal where the reader hears one with less"),
    "stance_at": (0.8, "the probability from where on a stance is heard"),
    "theme_at": (0.3, "the probability from where on a family is heard"),
    "claim_at": (0.25, "the probability from where on words and reader name a claim"),
    "claim_least": (0.05, "with less than this share of the likeliest one's probability, a claim is none beside it"),
}
"""What is not fitted but set: each with what it stands for."""


class Seen(NamedTuple):
    """Examples as the second opinion sees them: what the reader says, the features in the order of NAMES, whether the
    gate lets them through, and how much doubt is borne where the rules are sure that they promote a claim, 0 elsewhere.
    """

    examples: list[Example]
    readings: list[Reading]
    features: "numpy.ndarray"
    through: "numpy.ndarray"
    borne: "numpy.ndarray"


def seen(examples: list[Example], opinion: Opinion) -> Seen:
    """Read examples, and give what the second opinion weighs."""
    documents = [Document(example.text) for example in examples]
    read, tags = CarefulReader().read(list(map(whole, documents))), Tagger(careful=False).tag(documents)
    weights, words = read_weights(MODEL / "words.csv"), lore(HERE).reader
    sums = [spoken(weights, words, document) for document in documents]
    found = [features(*each) for each in zip(read, tags, sums, strict=True)]
    table = numpy.array([[each[name] for name in NAMES] for each in found])
    through = numpy.array([each.candidate for each in tags])
    pairs = zip(documents, tags, strict=True)
    borne = numpy.array([doubt_borne(document, each, opinion) for document, each in pairs])
    return Seen(examples, read, table, through, borne)


def main() -> None:
    """Fit the weights and write them with the thresholds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name, (value, meaning) in THRESHOLDS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, help=meaning)
    said = parser.parse_args()
    parts = {"real posts": real_posts(said.data, "fit"), "sentences": sentences("fit")}
    thresholds = {name: getattr(said, name) for name in THRESHOLDS}
    sure = Opinion(release="", intercept=0.0, weights=Weights(0.0, 0.0, 0.0), **(thresholds | {"held_at": 0.0}))
    sets = {name: seen(examples, sure) for name, examples in parts.items()}
    posts = sets["real posts"]
    model = LogisticRegression(max_iter=1000)
    model.fit(posts.features[posts.through], signals_of(posts.examples)[posts.through])
    lines = [f'release = "{time.strftime("%Y%m%dT%H%M")}"', f"intercept = {model.intercept_[0]:.4f}"]
    lines += [f"{name} = {value}" for name, value in thresholds.items()]
    lines += ["", "[weights]"]
    lines += [f"{name} = {weight:.4f}" for name, weight in zip(NAMES, model.coef_[0], strict=True)]
    (MODEL / "opinion.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    for name, each in sets.items():
        heard = each.through & (numpy.array([reading.signal for reading in each.readings]) >= said.heard_at)
        scores = model.predict_proba(each.features)[:, 1] * heard
        print_thresholds(name, scores, signals_of(each.examples))
        print_held(each, scores >= said.signal_at)
        print_stances(each.examples, each.readings)


def signals_of(examples: Sequence[Example]) -> "numpy.ndarray":
    """Tell of each example whether it is a signal."""
    return numpy.array([example.signal == 1 for example in examples])


def print_thresholds(name: str, scores: "numpy.ndarray", signals: "numpy.ndarray") -> None:
    """Print precision, recall and F1 of the signals from each threshold on."""
    print(f"{name}: {len(signals)}, {signals.sum()} signals")
    for at in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
        right, said, all_ = (signals & (scores >= at)).sum(), (scores >= at).sum(), signals.sum()
        print(f"  from {at:.2f}: P {right / max(1, said):.2f} R {right / all_:.2f} F1 {2 * right / (said + all_):.3f}")


def print_held(seen: Seen, over: "numpy.ndarray") -> None:
    """Print F1 of the signals, and how many debunks are flagged, for each probability that holds a post back."""
    signals = signals_of(seen.examples)
    debunks = numpy.array([STANCES[example.stance] == DEBUNKS for example in seen.examples])
    debunking = numpy.array([reading.stances[DEBUNKS] for reading in seen.readings])
    for at in (0.05, 0.065, 0.08, 0.1, 0.15, 0.3, 1.0):
        said = over & (debunking <= numpy.maximum(at, seen.borne))
        f1 = 2 * (signals & said).sum() / (said.sum() + signals.sum())
        print(f"  held back from {at:.3f}: F1 {f1:.3f}, debunks flagged {(said & debunks).sum()} of {debunks.sum()}")


def print_stances(examples: Sequence[Example], read: Sequence[Reading]) -> None:
    """Print how many of each stance are heard as it, and of none as any, for each probability that is believed."""
    for at in (0.5, 0.7, 0.8, 0.9):
        heard: Counter[str] = Counter()
        asked = Counter(STANCES[example.stance] for example in examples)
        for example, reading in zip(examples, read, strict=True):
            said = {stance: value for stance, value in reading.stances.items() if stance != NONE}
            likeliest = max(said, key=lambda stance: said[stance]) if sum(said.values()) >= at else NONE
            stance = STANCES[example.stance]
            heard[stance] += likeliest == stance if stance != NONE else likeliest != NONE
        told = ", ".join(f"{stance} {heard[stance]} of {asked[stance]}" for stance in STANCES if stance != NONE)
        print(f"  stances from {at:.2f}: {told}; none heard as one {heard[NONE]} of {asked[NONE]}")


if __name__ == "__main__":
    main()
