"""How well an account's role is told from its name and bio, against bios labelled by hand in `nlp/labels/bios.csv`.

    python tests/benchmarks/roles.py [--data ../shared/data] [--part test] [--errors]

Prints precision, recall and F1 of every role, their mean (macro-F1) and the accuracy, each with its 95 % interval
(bootstrap over authors): for the invented bios of `hard_bios.jsonl`, half of them hard (puns, relatives' professions,
titles of other fields, abbreviations of two meanings), written by hands that saw nothing of the project; for real ones;
and for these without the bios of which a reader was unsure. Authors are known by the hash of their handle alone; real
bios are read from the shared files, and without those none is measured. `--errors` lists what went wrong: only for the
part `tune`, so that nobody learns from the test.
"""

import argparse
import csv
import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from real_posts import DATA

from nlp.pipeline import Tagger
from nlp.tags import Document

INVENTED = Path(__file__).with_name("hard_bios.jsonl")
LABELS = Path(__file__).parents[2] / "nlp" / "labels" / "bios.csv"
ROUNDS = 1000
_HANDLE = re.compile(r"twitter\.com/([^/]+)/")
Pairs = Sequence[tuple[str, str]]
"""What the reader said and what the tagger said, an author each."""


class Labelled(NamedTuple):
    """An author's name and bio, and the role that a reader gave them."""

    name: str
    bio: str
    role: str
    unsure: bool


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--part", choices=("tune", "test"), default="test")
    parser.add_argument("--errors", action="store_true", help="list the mistakes in the part `tune`")
    chosen = parser.parse_args()
    tagger = Tagger(careful=False, patients_on_x=True)
    if chosen.part == "test":
        invented = [json.loads(line) for line in INVENTED.read_text(encoding="utf-8").splitlines()]
        tagged = tagger.tag([Document("", name=one["name"], bio=one["bio"]) for one in invented])
        pairs = [(one["role"], tags.role) for one, tags in zip(invented, tagged, strict=True)]
        report("invented", pairs)
        hard = [pair for pair, one in zip(pairs, invented, strict=True) if one["kind"] != "plain"]
        print(f"accuracy of the {len(hard)} hard ones: {accuracy(hard):.3f}")
    if not (chosen.data / "posts_with_authors_2014").is_dir():
        print(f"skipped: no bios at {chosen.data} (expected the folder posts_with_authors_2014)")
        return
    if chosen.errors and chosen.part != "tune":
        parser.error("--errors goes with --part tune: what is wrong in the test stays unread")
    authors = list(labelled(chosen.data, chosen.part))
    tagged = tagger.tag([Document("", name=one.name, bio=one.bio) for one in authors])
    told = [(one, tags.role) for one, tags in zip(authors, tagged, strict=True)]
    report(f"all of {chosen.part}", [(one.role, role) for one, role in told])
    report("without those the reader was unsure of", [(one.role, role) for one, role in told if not one.unsure])
    if chosen.errors:
        for one, role in sorted(told, key=lambda pair: (pair[0].role, pair[1])):
            if one.role != role:
                print(f"{one.role}{'?' * one.unsure} told as {role}: [{one.name}] {' '.join(one.bio.split())}")


def labelled(archives: Path, part: str) -> Iterator[Labelled]:
    """Give the labelled authors of a part with the names and bios that the shared files have for them."""
    with LABELS.open(newline="") as file:
        due = {row["id"]: row for row in csv.DictReader(file) if row["part"] == part}
    for handle, name, bio in profiles(archives):
        label = due.pop(hashlib.sha256(handle.lower().encode()).hexdigest()[:16], None) if bio.strip() else None
        if label:
            yield Labelled(name, bio, label["role"], label["unsure"] == "1")


def profiles(archives: Path) -> Iterator[tuple[str, str, str]]:
    """Give handle, name and bio of every row. A trackback row's bio is that of the author whom its `url` names."""
    for path in sorted((archives / "posts_with_authors_2014").glob("*.csv.gz")):
        for row in _table(path):
            found = _HANDLE.search(row["url"] or "")
            handle = row.get("user_screen_name") or (found.group(1) if found else "")
            yield handle, row.get("user_name") or "", row.get("description") or row.get("user_description") or ""
    for row in _table(archives / "meeting_posts" / "amca19.csv.gz"):
        yield row["screen_name"], row["name"], row["description"]
    for path in sorted((archives / "x_api_v1_json").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                user: dict[str, Any] = json.loads(line)["user"]
                yield user["screen_name"], user["name"], user["description"] or ""


def _table(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def report(title: str, pairs: Pairs) -> None:
    """Print a table of the roles, and the two means with their intervals."""
    roles = sorted({role for role, _ in pairs})
    print(f"\n{title}: {len(pairs)} bios\n{'role':<28}{'n':>4}{'precision':>11}{'recall':>8}{'F1':>6}   95 % of F1")
    for role in roles:
        precision, recall, f1 = scores(pairs, role)
        low, high = interval(pairs, lambda some, role=role: scores(some, role)[2])  # type: ignore[misc]
        count = sum(said == role for said, _ in pairs)
        print(f"{role:<28}{count:>4}{precision:>11.2f}{recall:>8.2f}{f1:>6.2f}   {low:.2f}-{high:.2f}")
    measures: list[tuple[str, Callable[[Pairs], float]]] = [("macro-F1", macro), ("accuracy", accuracy)]
    for name, measure in measures:
        low, high = interval(pairs, measure)
        print(f"{name:<28}{measure(pairs):>29.3f}   {low:.2f}-{high:.2f}")


def scores(pairs: Pairs, role: str) -> tuple[float, float, float]:
    """Give precision, recall and F1 of one role; 0 where there is nothing to divide by."""
    hits = sum(said == told == role for said, told in pairs)
    tells = sum(told == role for _, told in pairs)
    says = sum(said == role for said, _ in pairs)
    return hits / max(tells, 1), hits / max(says, 1), 2 * hits / max(tells + says, 1)


def macro(pairs: Pairs) -> float:
    """Give the mean F1 of the roles that a reader gave to somebody."""
    roles = {role for role, _ in pairs}
    return sum(scores(pairs, role)[2] for role in roles) / max(len(roles), 1)


def accuracy(pairs: Pairs) -> float:
    """Give the share told right."""
    return sum(said == told for said, told in pairs) / max(len(pairs), 1)


def interval(pairs: Pairs, measure: Callable[[Pairs], float]) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of a measure, the same on every run."""
    drawn = random.Random(1)
    found = sorted(measure(drawn.choices(pairs, k=len(pairs))) for _ in range(ROUNDS))
    return found[int(0.025 * ROUNDS)], found[int(0.975 * ROUNDS) - 1]


if __name__ == "__main__":
    main()
