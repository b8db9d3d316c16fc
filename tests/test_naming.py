"""Claims named by all words of a post: what speaks for them, how families count, and what a bad file answers."""

from pathlib import Path

import pytest

from nlp.gate import read_table
from nlp.knowledge import FAMILIES, HERE, BadKnowledge
from nlp.lore import lore
from nlp.naming import COLUMNS, NO_CLAIM, Namer

FAMILIES_OF = {"magnets": "chronic-disease-cure", "towers": "detox-and-toxins"}
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
    return Namer(written(tmp_path, *LINES), FAMILIES_OF)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "claim_words.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def themes(**heard: float) -> dict[str, float]:
    return dict.fromkeys(FAMILIES, 0.2) | {name.replace("_", "-"): value for name, value in heard.items()}


def likeliest(named: dict[str, float]) -> str:
    return max(named, key=lambda claim_id: named[claim_id])


def test_the_words_that_speak_most_for_a_claim_name_it_and_are_told(namer: Namer) -> None:
    stems = ["magnet", "pull", "it"]
    named = namer.named(stems, themes())
    assert likeliest(named) == "magnets" and 0.9 < named["magnets"] < 1
    assert sum(named.values()) == pytest.approx(1)
    assert namer.telling(stems, "magnets") == ["magnet", "magnet pull"]
    assert namer.telling(stems, "towers") == ["pull"]


def test_what_the_words_say_for_each_claim_is_a_share_of_what_they_say_for_the_first(namer: Namer) -> None:
    assert namer.spoken(["magnet", "pull"]) == {NO_CLAIM: 0.0, "magnets": 1.0, "towers": 0.2}
    assert set(namer.spoken(["weather"]).values()) == {1.0}


def test_a_post_whose_words_speak_for_none_is_of_no_claim(namer: Namer) -> None:
    assert likeliest(namer.named(["lunch", "magnet"], themes())) == NO_CLAIM
    assert likeliest(namer.named(["weather"], themes())) == NO_CLAIM


def test_the_family_that_is_heard_decides_between_two_claims(namer: Namer) -> None:
    stems = ["magnet", "tower"]
    assert likeliest(namer.named(stems, themes(chronic_disease_cure=0.9))) == "magnets"
    assert likeliest(namer.named(stems, themes(detox_and_toxins=0.9))) == "towers"


def test_a_claim_that_the_knowledge_no_longer_holds_is_never_named(tmp_path: Path) -> None:
    named = Namer(written(tmp_path, *LINES), {"towers": "detox-and-toxins"}).named(["magnet"], themes())
    assert set(named) == {NO_CLAIM, "towers"}


def test_a_claim_without_a_start_of_its_own_starts_from_nothing(tmp_path: Path) -> None:
    lines = [line for line in LINES if line != "magnets,,0"]
    assert likeliest(Namer(written(tmp_path, *lines), FAMILIES_OF).named(["magnet"], themes())) == "magnets"


def test_a_file_that_holds_no_claim_names_none(tmp_path: Path) -> None:
    assert Namer(written(tmp_path, LINES[0]), FAMILIES_OF).named(["magnet"], themes()) == {}


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
        Namer(written(tmp_path, *lines), FAMILIES_OF)
    assert said in str(error.value)


def test_every_shipped_word_speaks_for_a_known_claim() -> None:
    known = {claim.id for claim in lore(HERE).claims}
    assert {claim_id for claim_id, _ in read_table(HERE / "claim_words.csv", COLUMNS)} - {""} == known
