"""Fit by what a known claim is recognised: by words, and by what the careful reader hears. For developers only.

    pip install -e '.[train]'
    python -m nlp.fit_claims

Phrases find half of what promotes known claims, and a fifth of what debunks them; who tells or answers one in words of
their own is heard by the careful reader, which was taught no claims. Two multinomial logistic regressions of the claim
name those: one on the words of a text, and on each two side by side, the other on the mean of the reader's states,
where texts that mean the same are near. They learn from the claims' own entries, from sentences written for training
whose claims people labelled (the field `claims`; an empty list: on no list), and from those in which a phrase finds a
claim of the family that they were written for. Real posts are not used. Writes nlp/claim_words.csv and puts the second
into nlp/model/reader.onnx (it comes after nlp.fit_themes). Prints how often the likeliest claim is right on every tenth
labelled sentence, kept from a first fit, by the probability from where on it is believed.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from nlp.fit_gate import matrix, words_of
from nlp.fit_themes import set_head, ship, shipped, states
from nlp.gate import write_table
from nlp.knowledge import HERE
from nlp.labelled import STANCES, Example, sentences
from nlp.lore import lore
from nlp.naming import COLUMNS, NO_CLAIM, START, Namer
from nlp.pipeline import Tagger
from nlp.reader import likeliest
from nlp.tags import Document

PATH = HERE / "claim_words.csv"
HEAD = "claims"
STRENGTH, STRENGTH_OF_STATES = 10.0, 0.1
"""Inverse of the regularisation: of words, and of states of one length of spread each."""
LEAST_TEXTS = 3
LEAST_WEIGHT = 2.4
"""Words that speak against a claim, or hardly for it, are left out: it is as often right without them."""
LABELLED, FOUND = 2.0, 1.0
"""How much a text counts whose claims people labelled, and one in which a phrase found them."""
KEPT = 10
PROMOTES, DEBUNKS = STANCES.index("promotes"), STANCES.index("debunks")


class Told(NamedTuple):
    """A text with one claim that it tells, and how much that counts."""

    text: str
    claim_id: str
    weight: float


def told() -> tuple[list[Example], list[Told]]:
    """Give the examples whose claims are labelled, and what phrases find in the others."""
    examples = sentences("train")
    labelled = [example for example in examples if example.claims is not None]
    others = [
        example
        for example in examples
        if example.claims is None and example.themes and example.stance in (PROMOTES, DEBUNKS)
    ]
    families = {claim.id: claim.family for claim in lore(HERE).claims}
    found = []
    tags = Tagger(careful=False).tag([Document(example.text) for example in others])
    for example, each in zip(others, tags, strict=True):
        ids = sorted({c.claim_id for c in each.claims if families[c.claim_id] in example.themes})
        found += [Told(example.text, claim_id, FOUND / len(ids)) for claim_id in ids]
    return labelled, found


def spread(labelled: Sequence[Example]) -> list[Told]:
    """Give a row a claim of each labelled text."""
    rows = []
    for example in labelled:
        claims = example.claims or (NO_CLAIM,)
        rows += [Told(example.text, claim_id, LABELLED / len(claims)) for claim_id in claims]
    return rows


def fitted_words(rows: Sequence[Told]) -> dict[tuple[str, ...], float]:
    """Give weights by claim and words: for every claim what each post gets, and the words that speak for it."""
    posts = words_of([row.text for row in rows])
    counts = Counter(feature for post in posts for feature in post)
    kept = sorted(feature for feature, count in counts.items() if count >= LEAST_TEXTS)
    places = {feature: place for place, feature in enumerate(kept)}
    model = LogisticRegression(C=STRENGTH, max_iter=100)
    claims, weights = [row.claim_id for row in rows], [row.weight for row in rows]
    model.fit(scaled(matrix(posts, places)), claims, sample_weight=weights)
    found: dict[tuple[str, ...], float] = {}
    for claim_id, start, speaking in zip(map(str, model.classes_), model.intercept_, model.coef_, strict=True):
        found[claim_id, START] = round(float(start), 2)
        for place in numpy.flatnonzero(speaking >= LEAST_WEIGHT):
            found[claim_id, kept[place]] = round(float(speaking[place]), 1)
    return found


def scaled(table: csr_matrix) -> csr_matrix:
    """Let a long text weigh as much as a short one, as `Namer` does."""
    lengths = numpy.sqrt(numpy.maximum(1, numpy.asarray(table.sum(1)).ravel()))
    return csr_matrix(diags(1 / lengths) @ table)


class Head(NamedTuple):
    """Weights of the reader's states, a column a claim, and biases."""

    claims: tuple[str, ...]
    weight: "numpy.ndarray"
    bias: "numpy.ndarray"

    def heard(self, state: "numpy.ndarray") -> dict[str, float]:
        """Give what the reader will hear of the claims, but for the rounding of the weights that ship."""
        return likeliest(self.claims, state @ self.weight + self.bias)


def fitted_head(rows: Sequence[Told], read: Mapping[str, "numpy.ndarray"]) -> Head:
    """Give the head; `read`: the states of each text."""
    said = numpy.array([read[row.text] for row in rows])
    mean, spread = said.mean(axis=0), said.std(axis=0)
    model = LogisticRegression(C=STRENGTH_OF_STATES, max_iter=100)
    model.fit((said - mean) / spread, [row.claim_id for row in rows], sample_weight=[row.weight for row in rows])
    weight = (model.coef_ / spread).T
    bias = model.intercept_ - mean @ weight
    return Head(tuple(map(str, model.classes_)), weight.astype(numpy.float32), bias.astype(numpy.float32))


def check(kept: Sequence[Example], head: Head, read: Mapping[str, "numpy.ndarray"]) -> None:
    """Print how often the claim that is named is one of those labelled, by stance."""
    known = lore(HERE)
    namer = Namer(PATH, {claim.id for claim in known.claims})
    for stance in (PROMOTES, DEBUNKS):
        chosen = [example for example in kept if example.stance == stance]
        named = [namer.named(known.reader.read(each.text).stems, head.heard(read[each.text])) for each in chosen]
        first = [max(each, key=lambda claim_id: each[claim_id]) for each in named]
        for at in (0.0, 0.2, 0.3, 0.4, 0.5):
            told = list(zip(first, named, chosen, strict=True))
            believed = [(claim, example) for claim, each, example in told if claim != NO_CLAIM and each[claim] >= at]
            right = sum(claim in (example.claims or ()) for claim, example in believed)
            share = f"{right / max(1, len(believed)):.0%}"
            print(f"{STANCES[stance]}, from {at:.1f}: {len(believed)} of {len(chosen)} named, {share} rightly")


def main() -> None:
    """Fit, write, and print how well it names."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    labelled, found = told()
    print(f"{len(labelled)} texts with labelled claims, {len(found)} in which a phrase found one", flush=True)
    model, tokenizer = shipped()
    texts = sorted({example.text for example in labelled} | {each.text for each in found})
    read = dict(zip(texts, states(model, tokenizer, texts), strict=True))
    taught = [each for n, each in enumerate(labelled) if n % KEPT]
    rows = [*spread(taught), *found]
    write_table(PATH, COLUMNS, fitted_words(rows))
    check(labelled[::KEPT], fitted_head(rows, read), read)
    rows = [*spread(labelled), *found]
    write_table(PATH, COLUMNS, fitted_words(rows))
    head = fitted_head(rows, read)
    set_head(model, HEAD, head.weight, head.bias, small=True)
    ship(model, HEAD, head.claims)


if __name__ == "__main__":
    main()
