"""Claims named by all words of a post and by what the reader hears: how both count, and what a bad file answers."""

import json
from pathlib import Path

import pytest

from nlp.gate import read_table
from nlp.knowledge import HERE, BadKnowledge
from nlp.lore import lore
from nlp.naming import COLUMNS, NO_CLAIM, Namer
from nlp.reader import MODEL

KNOWN = {"magnets", "towers"}
ALIKE = {NO_CLAIM: 0.3, "magnets": 0.3, "towers": 0.3}
LINES = [
    "claim,words,weight",
    ",,1",
    ",lunch,9",
    "magnets,,0",
    "magnets,magnet,6",
    "magnets,magnet pull,4",
    "towers,,0",
    "towers,tower,6",
    "towers,pull,2",
    "gone,magnet,99",
]


@pytest.fixture
def namer(tmp_path: Path) -> Namer:
    return Namer(written(tmp_path, *LINES), KNOWN)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "claim_words.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def likeliest(named: dict[str, float]) -> str:
    return max(named, key=lambda claim_id: named[claim_id])


def test_the_words_that_speak_most_for_a_claim_name_it_and_are_told(namer: Namer) -> None:
    stems = ["magnet", "pull", "it"]
    named = namer.named(stems, ALIKE)
    assert likeliest(named) == "magnets" and 0.8 < named["magnets"] < 1
    assert sum(named.values()) == pytest.approx(1)
    assert namer.telling(stems, "magnets") == ["magnet", "magnet pull"]
    assert namer.telling(stems, "towers") == ["pull"]


def test_a_post_whose_words_speak_for_none_is_of_no_claim(namer: Namer) -> None:
    assert likeliest(namer.named(["lunch", "magnet"], ALIKE)) == NO_CLAIM
    assert likeliest(namer.named(["weather"], ALIKE)) == NO_CLAIM


def test_what_the_reader_hears_decides_between_two_claims(namer: Namer) -> None:
    stems = ["magnet", "tower"]
    assert likeliest(namer.named(stems, {"magnets": 0.8, "towers": 0.1})) == "magnets"
    assert likeliest(namer.named(stems, {"magnets": 0.1, "towers": 0.8})) == "towers"


def test_what_the_reader_does_not_hear_is_unlikely_and_not_impossible(namer: Namer) -> None:
    named = namer.named(["tower"], {"magnets": 0.6})
    assert 0 < named["towers"] < namer.named(["tower"], {"magnets": 0.6, "towers": 0.2})["towers"]


def test_a_claim_that_the_knowledge_no_longer_holds_is_never_named(tmp_path: Path) -> None:
    named = Namer(written(tmp_path, *LINES), {"towers"}).named(["magnet"], ALIKE)
    assert set(named) == {NO_CLAIM, "towers"}


def test_a_claim_without_a_start_of_its_own_starts_from_nothing(tmp_path: Path) -> None:
    lines = [line for line in LINES if line != "magnets,,0"]
    assert likeliest(Namer(written(tmp_path, *lines), KNOWN).named(["magnet"], ALIKE)) == "magnets"


def test_a_file_that_holds_no_claim_names_none(tmp_path: Path) -> None:
    assert Namer(written(tmp_path, LINES[0]), KNOWN).named(["magnet"], ALIKE) == {}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["claim,weight"], "expected the columns claim, words, weight"),
        ([LINES[0], "magnets,magnet"], "line 2: expected claim and words that no line before has, and a number"),
        ([LINES[0], "magnets,pull,much"], "line 2: expected claim and words that no line before has, and a number"),
        ([LINES[0], "magnets,pull,1", "magnets,pull,2"], "line 3: expected claim and words that no line before has"),
    ],
)
def test_a_bad_file_is_refused_naming_file_and_line(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(BadKnowledge, match=r"claim_words\.csv: ") as error:
        Namer(written(tmp_path, *lines), KNOWN)
    assert said in str(error.value)


def test_words_and_reader_name_known_claims_alone_and_most_of_them() -> None:
    known = {claim.id for claim in lore(HERE).claims}
    by_words = {claim_id for claim_id, _ in read_table(HERE / "claim_words.csv", COLUMNS)} - {NO_CLAIM}
    by_reader = set(json.loads((MODEL / "model.json").read_text(encoding="utf-8"))["claims"]) - {NO_CLAIM}
    assert by_words == by_reader <= known  # a claim added since is named by its own phrases, topics and words
    assert len(by_words) > 0.9 * len(known)
