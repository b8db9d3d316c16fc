"""Rebuilds `nlp/topics/diseases.csv` and `symptoms.csv` from the ontologies' own files:

    python -m nlp.ontologies FOLDER

FOLDER holds releases of the Human Disease Ontology (its label table and its subsets in OBO) and of the Symptom
Ontology, both CC0. A maintainer's command: nothing at run time reads an ontology.
"""

import csv
import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nlp.knowledge import HERE

_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)" (EXACT|RELATED|NARROW|BROAD)')


class Concept(NamedTuple):
    """A term of an ontology: its label and its exact synonyms."""

    topic_id: str
    label: str
    names: tuple[str, ...]


def concepts(path: Path) -> Iterator[Concept]:
    """Give the terms of an OBO file (gzip) that are in use, with their exact synonyms."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    for block in text.split("\n[Term]\n")[1:]:
        lines = [line.partition(": ") for line in block.split("\n\n")[0].splitlines()]
        fields = {name: value for name, _, value in lines}
        if "is_obsolete" not in fields and "name" in fields:
            found = [_SYNONYM.match(value) for name, _, value in lines if name == "synonym"]
            names = tuple(m[1].replace("\\", "") for m in found if m and m[2] == "EXACT")
            yield Concept(fields["id"], fields["name"], names)


def diseases(folder: Path) -> dict[str, Concept]:
    """Give every disease of the label table by id, with the synonyms that the subsets of the same release give."""
    found: dict[str, Concept] = {}
    table = gzip.decompress((folder / "HumanDO_2026.tsv.gz").read_bytes()).decode("utf-8").splitlines()
    for topic_id, label, *_ in list(csv.reader(table, delimiter="\t"))[1:]:
        found[topic_id] = Concept(topic_id, label, ())
    for path in sorted(folder.glob("*.obo.gz")):
        if "2016" in path.name:
            continue
        for concept in concepts(path):
            if concept.topic_id in found:
                known = found[concept.topic_id]
                names = tuple(dict.fromkeys((*known.names, *concept.names)))
                found[concept.topic_id] = known._replace(names=names)
    return found


def symptoms(path: Path) -> dict[str, Concept]:
    """Give every symptom by id; the ontology's own headings ("skin symptom") are left out."""
    return {c.topic_id: c for c in concepts(path) if c.topic_id.startswith("SYMP:") and not c.label.endswith("symptom")}


def write(path: Path, found: dict[str, Concept]) -> None:
    """Write `id,label,names`, names joined by '|', in the order of ids."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("id", "label", "names"))
        for topic_id in sorted(found):
            rows.writerow((topic_id, found[topic_id].label, "|".join(found[topic_id].names)))


def main(folder: Path) -> None:
    """Rebuild both files."""
    write(HERE / "topics" / "diseases.csv", diseases(folder / "disease_ontology"))
    write(HERE / "topics" / "symptoms.csv", symptoms(next(iter(folder.glob("symp_*.obo.gz")))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
