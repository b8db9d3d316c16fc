"""Topics by ontology id: synonyms, plurals, hashtags split, ambiguous short names refused."""

import pytest

from nlp.pipeline import Tagger
from nlp.tags import Document


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


def topics(tagger: Tagger, text: str) -> list[tuple[str, str]]:
    [tags] = tagger.tag([Document(text)])
    return [(topic.topic_id, topic.span.text) for topic in tags.topics]


@pytest.mark.parametrize(
    ("text", "topic_id", "named"),
    [
        ("living with atrial fibrillation", "DOID:0060224", "atrial fibrillation"),
        ("Ask me about #AFib today", "DOID:0060224", "#AFib"),
        ("Migraines again", "DOID:6364", "Migraines"),
        ("#bcsm chat tonight", "DOID:1612", "#bcsm"),
        ("#BreastCancerAwareness", "DOID:1612", "BreastCancer"),
        ("#breastcancerawareness", "DOID:1612", "breastcancer"),
        ("my Crohn’s is flaring", "DOID:8778", "Crohn’s"),
        ("multiple\nsclerosis", "DOID:2377", "multiple\nsclerosis"),
        ("#MS and me", "DOID:2377", "#MS"),
        ("a terrible headache", "SYMP:0000504", "headache"),
        ("starting chemotherapy", "MESH:D004358", "chemotherapy"),
        ("my colonoscopy is tomorrow", "MESH:D003113", "colonoscopy"),
    ],
)
def test_a_topic_is_found_by_its_names(tagger: Tagger, text: str, topic_id: str, named: str) -> None:
    assert (topic_id, named) in topics(tagger, text)


@pytest.mark.parametrize(
    "text",
    [
        "Ms Smith has a cold",
        "ALL of us can go",
        "it aids digestion",
        "the dish, the doors, the lord",
        "add me to the list",
        "go and see",
    ],
)
def test_everyday_words_are_no_topic(tagger: Tagger, text: str) -> None:
    assert topics(tagger, text) == []


def test_the_longest_name_counts(tagger: Tagger) -> None:
    assert [named for _, named in topics(tagger, "type 2 diabetes and non-small cell lung cancer")] == [
        "type 2 diabetes",
        "non-small cell lung cancer",
    ]
