"""The probability that a claim's stance is `promotes`: a logistic model of what `nlp.stance` read.

The weights are the file `nlp/score.toml`, fitted on labelled posts; a refit changes the file and the model's release.
"""

import math
from pathlib import Path

import msgspec

from nlp.knowledge import decode
from nlp.stance import Verdict

SIGNAL_AT = 0.5


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/score.toml`. `release`: of the weights, sorts by age."""

    release: str
    intercept: float
    weights: dict[str, float]


def read_weights(path: Path) -> Weights:
    """Read the weights. Raises BadKnowledge."""
    return decode(path, Weights)


def features(verdict: Verdict, credibility: float | None) -> dict[str, float]:
    """Give what the model weighs, by name."""
    reading = verdict.reading
    return {
        f"stance:{verdict.stance}": 1.0,
        "by_hashtag": float(reading.by_tag),
        "said": min(6.0, len(reading.used)),
        "refuted_elsewhere": min(2.0, reading.refuted_elsewhere),
        "distanced": min(2.0, reading.distanced),
        "reported": min(2.0, reading.reported),
        "promoted": min(3.0, reading.promoted),
        "sold": min(2.0, reading.sold),
        "asked": float(reading.asked and verdict.stance != "promotes"),
        "credible_link": 0.0 if credibility is None else credibility - 0.5,
    }


def score(weights: Weights, verdict: Verdict, credibility: float | None) -> float:
    """Give the probability that the claim is promoted; below the signal's threshold for every other stance."""
    likely = round(probability(weights, features(verdict, credibility)), 4)
    return likely if verdict.stance == "promotes" else min(likely, SIGNAL_AT - 0.01)


def probability(weights: Weights, found: dict[str, float]) -> float:
    """Give what the model says of features, 0 to 1."""
    total = weights.intercept + sum(weights.weights.get(name, 0.0) * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-total))
