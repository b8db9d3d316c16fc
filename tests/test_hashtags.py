import csv
import gzip
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from listeners.hashtags import COLUMNS, BadRow, Hashtag, accounts, matches, own_accounts, registry

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
HEADER = ",".join(COLUMNS) + "\n"


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    def written(rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "ours.csv"
        path.write_text(header + rows, encoding="utf-8")
        return path

    return written


def test_the_registry_holds_diseases_meetings_and_chats() -> None:
    kinds = [hashtag.kind for hashtag in registry()]
    assert kinds.count("disease") >= 130
    assert kinds.count("meeting") >= 25
    assert kinds.count("chat") >= 10
    assert {"afib", "bcsm", "btsm", "lcsm", "hrs2026", "asco14"} <= {hashtag.tag for hashtag in registry()}


def test_every_meeting_has_its_days_its_zone_and_its_society() -> None:
    for hashtag in registry():
        if hashtag.kind == "meeting":
            assert hashtag.starts is not None
            assert hashtag.ends is not None
            assert 0 < (hashtag.ends - hashtag.starts).days < 9, hashtag
            assert ZoneInfo(hashtag.time_zone or "")
            assert hashtag.society
            years = [int(digits) for digits in (hashtag.tag[-4:], f"20{hashtag.tag[-2:]}") if digits.isdigit()]
            assert hashtag.starts.year in years or not years, hashtag


def test_tags_and_aliases_stand_once_and_lead_to_their_tag() -> None:
    words = [word for hashtag in registry() for word in (hashtag.tag, *hashtag.aliases)]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)
    lead = matches(registry())
    assert (lead["atrialfibrillation"], lead["afib"]) == ("afib", "afib")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the disease ontology is not here")
def test_every_ontology_id_stands_in_the_ontology() -> None:
    with gzip.open(SHARED / "ontologies" / "disease_ontology" / "HumanDO_2026.tsv.gz", "rt") as file:
        known = {row["id"] for row in csv.DictReader(file, delimiter="\t")}
    named = {hashtag.ontology_id for hashtag in registry()} - {None}
    assert len(named) > 100
    assert named <= known


def test_a_users_file_comes_on_top_and_names_their_accounts(own: Callable[..., Path]) -> None:
    path = own(
        "#OurClinic,ours,Our clinic,clinicday clinicweek,,,,,,\n"
        "@Our_Clinic,account,Our clinic,,,,,,,\n"
        "OurMeeting26,meeting,Our meeting,,,2026-05-01,2026-05-02,Europe/Vienna,Us,us.example\n"
    )
    clinic, meeting = registry(path)[-2:]
    assert clinic == Hashtag("ourclinic", "ours", "Our clinic", ("clinicday", "clinicweek"))
    assert (meeting.starts, meeting.time_zone) == (date(2026, 5, 1), "Europe/Vienna")
    assert own_accounts(path) == ("our_clinic",)
    assert accounts(path)[0].name == "Our clinic"
    assert own_accounts(None) == ()


def test_columns_that_are_not_needed_may_be_left_out(own: Callable[..., Path]) -> None:
    assert registry(own("ourclinic,ours,Our clinic\n", "\ufefftag,kind,name\n"))[-1].tag == "ourclinic"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a b,ours,Name,,,,,,,", "ours.csv:2: field `tag`: expected a hashtag of letters, digits and _"),
        ("2026,ours,Name,,,,,,,", "field `tag`: expected a hashtag"),
        (",ours,Name,,,,,,,", "field `tag`: expected a value, got ``"),
        ("us,meting,Name,,,,,,,", "field `kind`: expected one of disease, meeting, chat, ours, account, got `meting`"),
        ("us,ours,,,,,,,,", "field `name`: expected a value"),
        ("us,ours,Name,a-b,,,,,,", "field `aliases`: expected a hashtag"),
        ("us,disease,Name,,DOID12,,,,,", "field `ontology_id`: expected an id as DOID:0060224"),
        ("us,meeting,Name,,,,,,,", "field `starts`: expected a value"),
        ("us,meeting,Name,,,1.5.26,2026-05-02,Europe/Vienna,,", "field `starts`: expected a day as 2026-03-28"),
        ("us,meeting,Name,,,2026-05-03,2026-05-02,Europe/Vienna,,", "field `ends`: expected a day from 2026-05-03 on"),
        ("us,meeting,Name,,,2026-05-01,2026-05-02,Vienna,,", "field `time_zone`: expected a zone as Europe/Vienna"),
        ("us,ours,Name,,,2026-05-01,,,,", "field `ends`: expected both days or none"),
        ("afib,ours,Name,,,,,,,", "field `tag`: expected what does not stand in hashtags.csv:2 already, got `afib`"),
        ("us,ours,Name,AtrialFibrillation,,,,,,", "field `aliases`: expected what does not stand in hashtags.csv"),
        ("us,ours,Name,us,,,,,,", "field `aliases`: expected what does not stand in ours.csv:2"),
        ("@a b,account,Name,,,,,,,", "field `tag`: expected a handle"),
        ("us,ours,Name,,,,,,,,,", "ours.csv:2: expected 10 fields, got 12"),
        ('us,ours,"Name,,,,,,,', "expected CSV, got a damaged row"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_field(own: Callable[..., Path], row: str, message: str) -> None:
    path = own(row + "\n")
    with pytest.raises(BadRow) as refused:
        (registry(path), own_accounts(path))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_line_is_that_on_which_the_row_starts(own: Callable[..., Path]) -> None:
    with pytest.raises(BadRow, match=r"^ours\.csv:4: field `kind`"):
        registry(own('us,ours,"Name\nover lines",,,,,,,\nthem,other,Name,,,,,,,\n'))


@pytest.mark.parametrize("header", ["tag,name\n", "tag,kind,name,aliasses\n", "tag,kind,name,tag\n", ""])
def test_a_bad_header_is_refused(own: Callable[..., Path], header: str) -> None:
    with pytest.raises(BadRow, match=r"^ours\.csv:1: field"):
        registry(own("us,ours,Name\n", header))


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(HEADER.encode() + "us,ours,Größe,,,,,,,\n".encode("latin-1"))
    with pytest.raises(BadRow, match="expected UTF-8"):
        registry(path)


def test_the_file_can_be_opened_in_a_spreadsheet() -> None:
    table = files("listeners").joinpath("hashtags.csv").read_text(encoding="utf-8")
    assert {len(row) for row in csv.reader(table.splitlines())} == {len(COLUMNS)}
