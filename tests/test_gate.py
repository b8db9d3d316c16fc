"""The gate: new wordings of old falsehoods reach the careful reader, everyday posts do not."""

from pathlib import Path

import pytest

from nlp.gate import INTERCEPT, features, read_weights, write_weights
from nlp.inflection import stem
from nlp.knowledge import HERE, BadKnowledge
from nlp.labelled import sentences
from nlp.lore import lore
from nlp.pipeline import Tagger
from nlp.reader import MODEL
from nlp.tags import Document

TALK = [
    "Our neighbour binned her thyroid tablets, went on sea moss and the nodule has vanished.",
    "Another healthy goalkeeper gone at 24, and nobody may ask how many boosters he had.",
    "Ten years of studies, two million children: no difference in autism between jabbed and unjabbed.",
    "Is there anything to the story that the flu jab weakens you for the rest of the winter?",
]
EVERYDAY = [
    "Great turnout at the poster session this morning, see you all at the dinner #HRS2026",
    "Traffic is awful again, running late for rounds",
    "Happy birthday to our wonderful ward clerk, cake at three!",
    "Registration for the autumn course opens on Monday, places are limited",
]


@pytest.fixture(scope="module")
def first_pass() -> Tagger:
    return Tagger(careful=False)


@pytest.mark.parametrize("text", TALK)
def test_talk_about_a_health_claim_is_read_carefully(first_pass: Tagger, text: str) -> None:
    assert first_pass.tag([Document(text)])[0].candidate


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_posts_are_not(first_pass: Tagger, text: str) -> None:
    assert not first_pass.tag([Document(text)])[0].candidate


def test_words_and_neighbours_are_weighed_once_each() -> None:
    assert features(["jab", "cause", "jab", "cause"]) == {"jab", "cause", "jab cause", "cause jab"}


@pytest.mark.parametrize("path", [HERE / "gate.csv", MODEL / "words.csv"], ids=lambda path: path.name)
def test_the_shipped_weights_hold_no_word_that_real_posts_alone_hold(path: Path) -> None:
    weights, known = read_weights(path), lore(HERE)
    words = {stem(word) for word in known.vocabulary}
    words.update(*(features(known.reader.read(example.text).stems) for example in sentences("train")))
    assert len(weights) > 1000
    assert [each for each in weights if each != INTERCEPT and not words.issuperset(each.split(" "))] == []


def test_the_shipped_gate_has_a_threshold() -> None:
    assert read_weights(HERE / "gate.csv")[INTERCEPT] < 0


BAD = {
    "words,weight\njab,much\n": "line 2: expected words that no line before has, and a number, got `jab,much`",
    "words,weight\njab,nan\n": "line 2: expected words that no line before has, and a number, got `jab,nan`",
    "words,weight\njab,1\njab,2\n": "line 3: expected words that no line before has, and a number, got `jab,2`",
    "words,weight\njab\n": "line 2: expected words that no line before has, and a number, got `jab`",
    "word;weight\n": "expected the columns words, weight",
}


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_bad_weights_are_refused_naming_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "gate.csv"
    path.write_text(text)
    with pytest.raises(BadKnowledge) as refused:
        read_weights(path)
    assert str(refused.value) == f"{path}: {said}"


def test_missing_weights_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadKnowledge, match=r"gate\.csv: the file is missing"):
        read_weights(tmp_path / "gate.csv")


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    write_weights(tmp_path / "gate.csv", {"jab cause": -0.25, INTERCEPT: -1.5, "cure": 2.0})
    assert read_weights(tmp_path / "gate.csv") == {INTERCEPT: -1.5, "cure": 2.0, "jab cause": -0.25}
