"""The home: made once, readable by its owner, owned by one process."""

import stat
from pathlib import Path

import pytest

from flows.durations import duration, spoken
from flows.home import Lock, is_owned, open_home
from flows.settings import BadSetting


def test_a_home_keeps_its_key_and_its_name(tmp_path: Path) -> None:
    first, second = open_home(tmp_path / "home"), open_home(tmp_path / "home")
    assert (first.key, first.prefix) == (second.key, second.prefix)
    assert len(first.key) == 32
    assert stat.S_IMODE((tmp_path / "home" / "key").stat().st_mode) == 0o600


def test_two_homes_share_neither_key_nor_name(tmp_path: Path) -> None:
    one, other = open_home(tmp_path / "one"), open_home(tmp_path / "other")
    assert one.key != other.key and one.prefix != other.prefix


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"^AUSCULT_HOME: .*file.* cannot be used: [^\n]+$"):
        open_home(tmp_path / "file" / "home")


def test_one_process_owns_a_home(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    first, second = Lock(home.path / "run.lock"), Lock(home.path / "run.lock")
    assert not is_owned(home)
    assert first.take() and not second.take()
    assert is_owned(home)
    first.release()
    assert second.take()
    second.release()


def test_those_attached_stand_beside_each_other_and_keep_the_owner_from_ending(tmp_path: Path) -> None:
    one, other, ending = (Lock(tmp_path / "attached.lock") for _ in range(3))
    assert one.take(shared=True) and other.take(shared=True)
    assert not ending.take()
    one.release()
    assert not ending.take()
    other.release()
    assert ending.take()
    ending.release()


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604800), ("1.5h", 5400)])
def test_durations_as_people_type_them(text: str, seconds: float) -> None:
    assert duration(text).total_seconds() == seconds


def test_a_wrong_duration_says_what_was_expected() -> None:
    with pytest.raises(ValueError, match="expected a duration such as 90s, 15m, 2h or 7d, got '2 hours'"):
        duration("2 hours")


@pytest.mark.parametrize(("seconds", "text"), [(45, "45 s"), (900, "15 min"), (8000, "2 h"), (400_000, "5 d")])
def test_seconds_are_said_as_a_person_would(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
