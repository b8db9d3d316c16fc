"""Claims named by all words of a post: what speaks for them, how families count, and what a bad file answers."""

from pathlib import Path

import pytest

from nlp.gate import read_table
from nlp.knowledge import FAMILIES, HERE, BadKnowledge
from nlp.lore import lore
from nlp.naming import COLUMNS, Namer

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


def test_the_words_that_speak_most_for_a_claim_name_it_and_are_told(namer: Namer) -> None:
    named = namer.likeliest(["magnet", "pull", "it"], themes())
    assert named is not None
    assert (named.claim_id, named.words) == ("magnets", ("magnet", "magnet pull"))
    assert 0.9 < named.probability < 1


def test_a_post_whose_words_speak_for_none_is_of_no_claim(namer: Namer) -> None:
    assert namer.likeliest(["lunch", "magnet"], themes()) is None
    assert namer.likeliest(["weather"], themes()) is None


def test_the_family_that_is_heard_decides_between_two_claims(namer: Namer) -> None:
    stems = ["magnet", "tower"]
    cure = namer.likeliest(stems, themes(chronic_disease_cure=0.9))
    toxin = namer.likeliest(stems, themes(detox_and_toxins=0.9))
    assert cure and toxin and (cure.claim_id, toxin.claim_id) == ("magnets", "towers")


def test_a_claim_that_the_knowledge_no_longer_holds_is_never_named(tmp_path: Path) -> None:
    named = Namer(written(tmp_path, *LINES), {"towers": "detox-and-toxins"}).likeliest(["magnet"], themes())
    assert named is None


def test_a_claim_without_a_start_of_its_own_starts_from_nothing(tmp_path: Path) -> None:
    lines = [line for line in LINES if line != "magnets,,0"]
    named = Namer(written(tmp_path, *lines), FAMILIES_OF).likeliest(["magnet"], themes())
    assert named is not None and named.claim_id == "magnets"


def test_a_file_that_holds_no_claim_names_none(tmp_path: Path) -> None:
    assert Namer(written(tmp_path, LINES[0]), FAMILIES_OF).likeliest(["magnet"], themes()) is None


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
