"""Labelled texts: what the careful reader, the gate and the second opinion learn from, and are measured on.

The labels of real posts stand in nlp/labels as ids, without texts; DATA is the folder of public data that holds the
texts (nlp/model/CARD.md names it). The sentences written for training stand in nlp/training; the claims' own examples,
statements and refutations count among them. Nothing here runs in the product.
"""

import csv
import gzip
import html
import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from nlp.knowledge import FAMILIES, HERE
from nlp.lore import lore

STANCES = ("promotes", "debunks", "questions", "reports", "none")
HEARD_ALONE = ("vaccine-maker-distrust", "vaccine-political-distrust")
"""Concerns that are a theme of their own, by the id of their claim: a public set marks them apart."""
THEMES = (*FAMILIES, *HEARD_ALONE)
CONCERNS = {
    "side-effect": "vaccine-adverse-effects", "ineffective": "vaccine-ineffective", "rushed": "vaccine-rushed",
    "pharma": "vaccine-maker-distrust", "mandatory": "vaccine-liberty", "unnecessary": "vaccine-unnecessary",
    "political": "vaccine-political-distrust", "conspiracy": "vaccine-plot", "ingredients": "vaccine-ingredients",
    "country": "vaccine-origin", "religious": "vaccine-religion",
}  # fmt: skip
CONCERNED = "vaccine_concerns_train"
UNKNOWN = -100
HELD_OUT = 0.05
"""Share of the sentences that the reader never sees: thresholds and families are looked at on them."""
WEIGHT_OF_DEBUNKS = 1.5
"""How much a debunk counts beside others: to flag those who answer costs the list its readers."""


class Example(NamedTuple):
    """A text with what is known of it; UNKNOWN where nothing is.

    `themes`: what it is about; it is about none of the others in `asked`, and of what is not in `asked` nothing is
    known. `weight`: how much it counts. `claims`: the known claims that it tells; None where nobody labelled them.
    """

    text: str
    signal: int
    stance: int
    themes: frozenset[str]
    asked: frozenset[str]
    weight: float = 1.0
    claims: tuple[str, ...] | None = None


def public_texts(data: Path) -> dict[str, str]:
    """Give the texts of public posts by id: of the archives, and of a set about vaccines."""
    texts: dict[str, str] = {}
    csv.field_size_limit(1 << 30)
    for folder in ("hashtag_posts_2014", "posts_with_authors_2014"):
        for path in sorted((data / folder).glob("*.csv.gz")):
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    texts.setdefault(row["id"], html.unescape(row.get("text") or row.get("content") or ""))
    for row in _rows(data, "vaccine_stance_dev"):
        text = row["text"].replace("<user>", "@user").replace("<url>", "")
        texts.setdefault(row["id"], html.unescape(text))
    return texts


def labelled_texts(data: Path) -> dict[str, str]:
    """Give the texts of all posts that may be labelled by id: the public ones, and of two sets about COVID.

    Ids of the set of true and false posts are rows, so the name of its file stands before them.
    """
    texts = {row["ID"]: row["text"] for row in _rows(data, CONCERNED)}
    for part in ("train", "val"):
        texts |= {f"covid-fake-{part}:{row['id']}": row["tweet"] for row in _rows(data, f"covid_fake_{part}")}
    return {post_id: html.unescape(text) for post_id, text in texts.items()} | public_texts(data)


def _rows(data: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(data / "labelled" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def labels() -> list[dict[str, str]]:
    """Give the labels of real posts: id, signal, stance, family, unsure and part.

    Parts are train, fit (for the second opinion), test, `test-vaccines` (posts of the sets about vaccines and COVID)
    and `left-out`: near-copies of posts of the test, and posts by their authors. Nothing is made from the last three.
    """
    with (HERE / "labels" / "posts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def real_posts(data: Path, part: str) -> list[Example]:
    """Give the labelled real posts of a part whose texts are there."""
    texts = labelled_texts(data)
    by_concern = {row["ID"]: _about(row) for row in _rows(data, CONCERNED)}
    found = []
    for row in labels():
        if row["part"] == part and row["id"] in texts:
            example = _example(texts[row["id"]], row["signal"] == "1", row["stance"], row["family"], _weight(row))
            if about := by_concern.get(row["id"]):  # more is known of it than one family
                example = example._replace(themes=example.themes | about, asked=frozenset(THEMES))
            found.append(example)
    return found


def _weight(row: dict[str, str]) -> float:
    return 0.6 if row["unsure"] == "1" else 1.5


def sentences(part: str, named: Sequence[str] = ()) -> list[Example]:
    """Give the sentences that were written for training, of a part: train, or fit (the end of each file).

    Neighbours in a file are of one scene, and share words; so no scene is in both. `named`: of the files whose names
    begin with one of these alone, without what the claims' own entries say.
    """
    paths = sorted(path for path in (HERE / "training").rglob("*.jsonl") if path.name.startswith(tuple(named) or ""))
    files = [path.read_text(encoding="utf-8").splitlines() for path in paths]
    cuts = [round(len(lines) * (1 - HELD_OUT)) for lines in files]
    chosen = [lines[:cut] if part == "train" else lines[cut:] for lines, cut in zip(files, cuts, strict=True)]
    written = [
        _example(said["text"], said["signal"], said["stance"], said["family"] or "none", claims=said.get("claims"))
        for said in map(json.loads, chain.from_iterable(chosen))
    ]
    return [*written, *_of_claims()] if part == "train" and not named else written


def _of_claims() -> list[Example]:
    """Give what the claims' own entries say: their examples, the claim flatly stated, and why it is wrong.

    An example in which the claim is not in play is no signal; whether it asks, reports or just talks is not known.
    """
    found = []
    for claim in lore(HERE).claims:
        said = [(example.text, example.stance) for example in claim.examples] + [(claim.statement, "promotes")]
        if claim.kind == "falsifiable":
            said.append((claim.wrong_because, "debunks"))
        for text, stance in said:
            if stance == "none":
                found.append(Example(text, 0, UNKNOWN, frozenset(), frozenset()))
            else:
                signal = stance == "promotes" and claim.kind == "falsifiable"
                found.append(_example(text, signal, stance, claim.family, claims=(claim.id,)))
    return found


def _example(
    text: str,
    signal: bool,
    stance: str,
    family: str,
    weight: float = 1.0,
    claims: Sequence[str] | None = None,
) -> Example:
    alone = frozenset(claims or ()).intersection(HEARD_ALONE)
    themes = alone if family == "none" else alone | {family}
    asked = alone if family.startswith("vaccine") else frozenset(HEARD_ALONE)  # of vaccines, not all were labelled
    weight *= WEIGHT_OF_DEBUNKS if stance == "debunks" else 1.0
    told = None if claims is None else tuple(claims)
    return Example(text, int(signal), STANCES.index(stance), themes, asked.union(FAMILIES), weight, told)


def concerns(data: Path) -> list[Example]:
    """Give posts of a public set about COVID vaccines by concern, but those kept from training: they teach themes."""
    kept = {row["id"] for row in labels() if row["part"] != "train"}
    return [
        Example(html.unescape(row["text"]), UNKNOWN, UNKNOWN, _about(row), frozenset(THEMES))
        for row in _rows(data, CONCERNED)
        if row["ID"] not in kept
    ]


def _about(row: dict[str, str]) -> frozenset[str]:
    return frozenset(CONCERNS[concern] for concern in row["labels"].split() if concern != "none")
