"""A small accident of `tests/benchmarks/chaos.py`, always the same one: processes die, nothing is lost or doubled."""

from pathlib import Path

from aftermath import wrongs
from chaos_run import Accident, plan
from homes import auscult, end_owner

SEED, POSTS, KILLS = 3, 1500, 7


def test_after_kills_every_post_stands_once_and_all_malformed_is_a_dead_letter(tmp_path: Path) -> None:
    home = tmp_path / "home"
    accident = Accident(home, SEED, POSTS, seconds=KILLS * 3, log=tmp_path / "log")
    try:
        accident.run(KILLS, within=240)
        due = plan(SEED, POSTS).outcome
        assert wrongs(home, due) == []
        assert auscult(home, "check").stdout == "every check holds\n"
    finally:
        accident.end()
        end_owner(home)
    assert accident.kills.total() == KILLS
    assert len(wrongs(home, plan(SEED + 1, POSTS).outcome)) > POSTS / 10, "the comparison must be able to fail"
