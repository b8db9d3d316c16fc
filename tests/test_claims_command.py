"""`auscult claims`: the shipped knowledge and a user's own, listed, checked, tested, and drafted from a phrase."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from dashboard_home import published, published_spread
from homes import auscult, said

from flows.claims import forget_examples
from warehouse.query import newest

OWN = """
family = "vaccine-plot"

[[claim]]
id = "moonwalk-fever"
kind = "falsifiable"
statement = "Vaccines cause moonwalk fever."
wrong_because = "There is no such fever."
source = "https://example.org/moonwalk"
risk = "low"
harm = "Missed vaccines."
reviewer = "a reviewer"
reviewed = "2026-11-01"
phrases = ["{jollyjab} {cause} moonwalk"]
examples = [
  { text = "The glitterzap causes moonwalk fever", stance = "promotes" },
  { text = "The glitterzap does not cause moonwalk fever", stance = "debunks" },
]
"""
WORDS = '[lists]\njollyjab = ["glitterzap"]\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a few posts are published."""
    folder = tmp_path_factory.mktemp("claims") / "home"
    folder.mkdir(mode=0o700)
    published(folder)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of claims of one's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "plot.toml").write_text(OWN)
    (folder / "words.toml").write_text(WORDS)
    return folder


def test_claims_are_listed_by_family_for_people_and_for_machines(home: Path) -> None:
    text = said(home, "claims", "list", "--family", "autism-cure")
    assert "autism-mms" in text and "vaccines-cause-autism" not in text
    claims = [json.loads(line) for line in said(home, "claims", "list", "--json").splitlines()]
    assert len(claims) >= 200
    assert len({claim["id"] for claim in claims}) == len(claims)


def test_a_claim_is_shown_whole(home: Path) -> None:
    text = said(home, "claims", "show", "autism-mms")
    for part in ("statement", "wrong because", "https://", "phrases", "promotes  "):
        assert part in text
    assert json.loads(said(home, "claims", "show", "autism-mms", "--json"))["family"] == "autism-cure"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["claims", "show", "autism-mm"], 'auscult: there is no claim "autism-mm"; did you mean autism-mms?'),
        (["claims", "list", "--family", "autism"], "auscult: --family: expected one of vaccine-adverse-effects, "),
        (["claims", "check", "/no/such.toml"], "auscult: /no/such.toml: no such file or folder"),
        (["claims", "draft", "cure {this"], "auscult: this cannot be a phrase: `{this`: expected `{name}`"),
    ],
)
def test_a_mistake_is_one_line(home: Path, words: list[str], line: str) -> None:
    ran = auscult(home, *words)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith(line)


def test_the_shipped_claims_have_no_fault_and_one_claims_examples_pass(home: Path) -> None:
    assert "no fault found in " in said(home, "claims", "check")
    assert said(home, "claims", "test", "autism-mms").startswith("0 of ")


def test_own_claims_stand_on_top_of_the_shipped_ones(home: Path, own: Path) -> None:
    found = explained(home, own)
    assert found["signal"] and [claim["claim"] for claim in found["claims"]] == ["moonwalk-fever"]
    shipped = json.loads(said(home, "explain", "--json", "--no-careful", "The glitterzap causes moonwalk fever"))
    assert not shipped["claims"]
    assert found["versions"]["rules"] > shipped["versions"]["rules"]
    assert ", 1 of them your own" in said(home, "claims", "check", AUSCULT_CLAIMS=str(own))


def explained(home: Path, own: Path) -> dict[str, Any]:
    """Give what is said with one's own claims."""
    words = ("explain", "--json", "--no-careful", "The glitterzap causes moonwalk fever")
    found: dict[str, Any] = json.loads(said(home, *words, AUSCULT_CLAIMS=str(own)))
    return found


def test_an_example_that_comes_out_otherwise_is_reported(home: Path, own: Path) -> None:
    setting = {"AUSCULT_CLAIMS": str(own)}
    assert said(home, "claims", "test", "--own", "--no-careful", **setting) == "0 of 2 examples fail\n"
    (own / "plot.toml").write_text(OWN.replace('fever", stance = "promotes"', 'fever", stance = "reports"'))
    ran = auscult(home, "claims", "test", "moonwalk-fever", "--no-careful", **setting)
    assert ran.returncode == 1
    assert ran.stdout.splitlines() == [
        "moonwalk-fever: expected reports, got promotes: The glitterzap causes moonwalk fever",
        "1 of 2 examples fail",
    ]


@pytest.mark.parametrize(
    ("was", "now", "said_"),
    [
        ("statement =", "statment =", "claim `moonwalk-fever`: Object contains unknown field `statment`"),
        ("{jollyjab}", "{nolist}", "claim `moonwalk-fever`: field `phrases`: `{nolist}`: there is no list `nolist`"),
        (
            "{jollyjab}",
            "jolly_jab*",
            "claim `moonwalk-fever`: field `phrases`: `jolly_jab*`: expected one word where `=` or `*` stands",
        ),
        (
            "{jollyjab}",
            "=jolly_jab",
            "claim `moonwalk-fever`: field `phrases`: `=jolly_jab`: expected one word where `=` or `*` stands",
        ),
    ],
)
def test_a_bad_entry_is_refused_naming_file_entry_and_field(
    home: Path, own: Path, was: str, now: str, said_: str
) -> None:
    path = own / "plot.toml"
    path.write_text(OWN.replace(was, now))
    ran = auscult(home, "claims", "check", str(own))
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith(f"auscult: {path}: {said_}")


def test_a_file_of_the_shipped_claims_can_be_checked_where_it_stands(home: Path) -> None:
    path = Path(__file__).parents[1] / "nlp" / "claims" / "autism-cure.toml"
    assert "0 of them your own" in said(home, "claims", "check", str(path))


def test_a_folder_that_is_none_is_refused_as_a_setting(home: Path, own: Path) -> None:
    ran = auscult(home, "claims", "list", AUSCULT_CLAIMS=str(own / "plot.toml"))
    assert ran.returncode == 2 and ran.stderr.startswith("auscult: AUSCULT_CLAIMS: expected a folder, got")


def test_a_phrase_becomes_a_draft_with_examples_that_only_a_clinician_makes_a_claim(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft.toml"
    words = ("claims", "draft", "mmr causes autism", "--family", "vaccine-plot", "--from-burst", "--out", str(out))
    text = said(home, *words)
    assert "of the 1 posts that hold it are its examples" in text and f"auscult claims check {out}" in text
    [claim] = tomllib.loads(out.read_text())["claim"]
    assert (claim["id"], claim["source"], claim["wrong_because"]) == ("mmr-causes-autism-2", "", "")
    assert claim["examples"] == [{"text": "MMR causes autism, says my cousin. #measles", "stance": "promotes"}]
    ran = auscult(home, "claims", "check", str(out))
    assert (
        ran.returncode == 2
        and "claim `mmr-causes-autism-2`: field `statement`, `wrong_because`, `source`" in ran.stderr
    )
    assert auscult(home, *words).stderr == f"auscult: {out} is there already: name another file with --out\n"


def test_a_filled_draft_is_a_claim(home: Path, tmp_path: Path) -> None:
    said(home, "claims", "draft", "bleach cures", "--family", "autism-cure")
    path = home / "drafts" / "bleach-cures.toml"
    folder = tmp_path / "filled"
    folder.mkdir()
    shutil.copy(path, folder)
    filled = path.read_text().replace('source = ""', 'source = "https://example.org/"').replace('= ""', '= "something"')
    (folder / path.name).write_text(filled)
    assert "1 of them your own" in said(home, "claims", "check", str(folder))
    assert said(home, "claims", "test", "--own", "--no-careful", AUSCULT_CLAIMS=str(folder)) == "0 of 1 examples fail\n"


def test_what_is_new_is_listed_for_a_draft(home: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.mkdir(mode=0o700)
    published_spread(later)
    text = said(later, "claims", "new", "--kind", "hashtag")
    assert "drops4all" in text and text.splitlines()[-1].endswith('auscult claims draft "PHRASE" --from-burst')
    found = [json.loads(line) for line in said(later, "claims", "new", "--json").splitlines()]
    assert {"kind": "hashtag", "phrase": "drops4all"}.items() <= found[0].items()
    assert said(home, "claims", "new", "--kind", "link").startswith("nothing is new")


def test_a_draft_never_goes_into_the_package(home: Path) -> None:
    path = Path(__file__).parents[1] / "nlp" / "claims" / "drafted.toml"
    ran = auscult(home, "claims", "draft", "sunshine cures gout", "--out", str(path))
    assert ran.returncode == 2 and not path.exists()


def test_without_a_snapshot_a_draft_has_no_examples(tmp_path: Path) -> None:
    text = said(tmp_path / "new", "claims", "draft", "sunshine cures gout")
    assert "nothing is published yet" in text
    assert tomllib.loads((tmp_path / "new/drafts/sunshine-cures-gout.toml").read_text())["claim"][0]["examples"] == []


def test_what_is_forgotten_leaves_the_drafts_too(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "drafts" / "draft.toml"
    said(home, "claims", "draft", "mmr causes autism", "--family", "vaccine-plot", "--out", str(path))
    snapshot = newest(home)
    assert snapshot and forget_examples(path.parent, snapshot) == 0
    assert "says my cousin" in path.read_text()
    later = tmp_path / "later"
    later.mkdir(mode=0o700)
    assert forget_examples(path.parent, published_spread(later)) == 1
    assert tomllib.loads(path.read_text())["claim"][0]["examples"] == []
    assert [each.name for each in path.parent.iterdir()] == ["draft.toml"]
