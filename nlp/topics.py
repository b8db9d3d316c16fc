"""Topics: the diseases, symptoms, treatments and procedures that a post names, by ontology id.

The names are the files of `nlp/topics/`: the Human Disease Ontology and the Symptom Ontology (rebuilt by
`nlp.ontologies`), treatments and what the ontology lacks by MeSH id, everyday names and hashtags on top, and names
refused because they mean something else more often. Names of two or three letters count in capitals or as a hashtag.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.inflection import stem
from nlp.normalise import Reader, Words

_SHORT = 3
_RANK = {"disease": 0, "treatment": 1, "procedure": 1, "symptom": 2}


class Topic(NamedTuple):
    """A concept of an ontology. `kind`: disease, symptom, treatment or procedure."""

    topic_id: str
    label: str
    kind: str


class Found(NamedTuple):
    """A topic named in a text, in the characters [start, end)."""

    topic: Topic
    start: int
    end: int


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def topic_ids(folder: Path) -> frozenset[str]:
    """Give the ids of all topics in the files of a folder."""
    names = ("aliases.csv", "mesh.csv", "diseases.csv", "symptoms.csv")
    return frozenset(row["id"] for name in names for row in _rows(folder / name))


class Topics:
    """The names of all topics, ready to be found. `vocabulary`: words in use, which may be names run together."""

    def __init__(self, folder: Path, vocab: Vocab, reader: Reader, vocabulary: frozenset[str]) -> None:
        self._refused = {row["name"] for row in _rows(folder / "refused.csv")}
        self._vocab = vocab
        self._tags: dict[str, Topic] = {}
        self._topics: dict[str, Topic] = {}
        names: dict[tuple[str, ...], tuple[Topic, bool]] = {}
        for topic, found, tags in self._entries(folder):
            self._topics[topic.topic_id] = topic
            for tag in tags:
                self._tags.setdefault(tag, topic)
            for name in found:
                if self._usable(name):
                    forms = tuple(reader.read(name).forms)
                    names.setdefault(forms, (topic, len(name) <= _SHORT))
        for forms, (topic, _) in list(names.items()):
            joined = "".join(forms)
            self._tags.setdefault(joined, topic)
            if joined in vocabulary:
                names.setdefault((joined,), (topic, False))
        self._names = {tuple(stem(form) for form in forms): named for forms, named in reversed(names.items()) if forms}
        self._matcher = PhraseMatcher(vocab, attr="NORM")
        self._matcher.add("topic", [Doc(vocab, words=list(forms)) for forms in names if forms])

    def _entries(self, folder: Path) -> Iterator[tuple[Topic, list[str], list[str]]]:
        """Give topics with names and tags, the ones to prefer first: everyday names, MeSH, then the ontologies."""
        for row in _rows(folder / "aliases.csv"):
            kind = "symptom" if row["id"].startswith("SYMP") else "disease"
            yield Topic(row["id"], row["label"], kind), _several(row["names"]), _several(row["hashtags"])
        for row in _rows(folder / "mesh.csv"):
            topic = Topic(row["id"], row["label"], row["kind"])
            yield topic, _several(row["names"]), _several(row["hashtags"])
        for name, kind in (("diseases.csv", "disease"), ("symptoms.csv", "symptom")):
            for row in _rows(folder / name):
                yield Topic(row["id"], row["label"], kind), [row["label"], *_several(row["names"])], []

    def _usable(self, name: str) -> bool:
        low = name.lower()
        return not {low, stem(low)} & self._refused and len(low) >= _SHORT - 1 and not low.isdigit()

    def find(self, doc: Doc, words: Words) -> list[Found]:
        """Give the topics named, in the order of the text; where names overlap, the longest counts."""
        found = [Found(self._tags[tag], start, end) for tag, start, end in words.tags if tag in self._tags]
        for _, first, last in self._matcher(doc):
            named = self._names.get(tuple(words.stems[first:last]))
            start, end = words.starts[first], words.ends[last - 1]
            if named and not (named[1] and not words.text[start:end].isupper()):
                found.append(Found(named[0], start, end))
        return _longest(found) if len(found) > 1 else found


def _several(cell: str) -> list[str]:
    return [name for name in cell.split("|") if name]


def _longest(found: list[Found]) -> list[Found]:
    """Keep what no longer name covers."""
    kept: list[Found] = []
    for candidate in sorted(found, key=lambda f: (f.start, -f.end, _RANK[f.topic.kind])):
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return kept
