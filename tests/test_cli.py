"""The command line: help on every command, one line for a mistake, exit codes, and the tagger as a filter."""

import json
from pathlib import Path

import pytest
from homes import auscult, said

COMMANDS = (
    "run", "import", "listen", "hashtags", "tag", "status", "sql", "dead-letters", "forget", "backup", "restore",
    "dashboard", "broker", "serve", "demo", "check", "purge", "publish", "who", "review", "retag",
)  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which nothing happened yet."""
    return tmp_path_factory.mktemp("empty") / "home"


def test_every_command_is_there_and_helps(empty: Path) -> None:
    overview = said(empty, "--help")
    for command in COMMANDS:
        assert command in overview
    assert "--max-age" in said(empty, "status", "--help")


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["import", "/no/such/file.csv"], 2, "auscult: /no/such/file.csv: no such file or folder"),
        (["import", "--map", "id", "."], 2, "auscult: --map: expected field=column pairs"),
        (["sql", "select 1"], 3, "auscult: nothing is published in"),
        (["dashboard"], 3, "auscult: nothing is published in"),
        (["status", "--max-age", "soon"], 2, "auscult: --max-age: expected a duration such as 90s"),
        (["listen"], 2, "auscult: no X credentials: set X_BEARER_TOKEN"),
        (["listen", "--method", "push"], 2, "auscult: --method: expected search or stream, got 'push'"),
        (["hashtags", "--check", "/no/such.csv"], 2, "auscult: "),
        (["restore", "/no/backup"], 1, "auscult: /no/backup is no backup"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(empty: Path, words: list[str], code: int, line: str) -> None:
    ran = auscult(empty, *words)
    assert ran.returncode == code
    assert ran.stderr.startswith(line) and ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr


def test_a_bad_setting_stops_any_command_in_one_line(empty: Path) -> None:
    ran = auscult(empty, "status", AUSCULT_TAGGERS="none")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith("auscult: AUSCULT_TAGGERS: expected a whole number")


def test_status_of_an_empty_home(empty: Path) -> None:
    state = json.loads(said(empty, "status", "--json"))
    assert state["posts"] == 0 and state["lag"] == {"posts": None, "tagged": None} and state["running"] is False


def test_hashtags_are_listed_for_people_and_for_machines(empty: Path) -> None:
    assert "#afib" in said(empty, "hashtags")
    tags = [json.loads(line) for line in said(empty, "hashtags", "--json").splitlines()]
    assert len([tag for tag in tags if tag["kind"] == "meeting"]) >= 20
    assert len([tag for tag in tags if tag["kind"] != "meeting"]) >= 100


@pytest.mark.parametrize("words", [["sql", "select 1"], ["tag", "--no-careful"]])
def test_a_question_and_the_filter_make_no_home(tmp_path: Path, words: list[str]) -> None:
    auscult(tmp_path / "home", *words, typed='{"id": 1, "text": "hello"}\n')
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    ran = auscult(tmp_path / ("long" * 100), "sql", "select 1")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith("auscult: AUSCULT_HOME: ")


@pytest.mark.parametrize(("text", "more"), [("Look at this #Measles", False), ("Look at this #measles2026", True)])
def test_a_hashtag_of_a_line_is_read_unless_its_text_holds_that_very_tag(empty: Path, text: str, more: bool) -> None:
    line = json.dumps({"id": 1, "text": text, "hashtags": ["measles"]})
    answer = json.loads(auscult(empty, "tag", "--no-careful", typed=line).stdout)
    assert ("alt:0" in {topic["field"] for topic in answer["topics"]}) is more


def test_the_filter_answers_every_line_in_order(empty: Path) -> None:
    lines = [
        '{"id": "a", "text": "Vaccines cause autism"}',
        '{"id": 12345678901234567890, "text": "No, vaccines do not cause autism"}',
        "",
        "[1, 2]",
        "not json",
        '{"id": "b", "text": 7}',
        '{"text": "no id"}',
        '{"id": "c", "text": "", "unknown": 1}',
        '{"id": "d", "text": "Atrial fibrillation \\ud83d\\ude42 #afib", "urls": ["https://example.org"], "bio": null}',
    ]
    ran = auscult(empty, "tag", typed="\n".join(lines))
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "12345678901234567890", None, None, "b", None, "c", "d"]
    assert [("error" in answer) for answer in answers] == [False, False, True, True, True, True, False, False]
    assert answers[0]["signal"] is True and answers[1]["signal"] is False
    assert {claim["stance"] for claim in answers[1]["claims"]} == {"debunks"}
    assert set(answers[0]) >= {"id", "signal", "score", "role", "language", "topics", "claims", "versions"}
    assert set(answers[0]["versions"]) == {"rules", "model"}


def test_spans_lie_on_the_text_in_code_points(empty: Path) -> None:
    text = "🙂🙂 Atrial fibrillation isn't cured by magnesium. #afib"
    ran = auscult(empty, "tag", typed=json.dumps({"id": "1", "text": text}))
    answer = json.loads(ran.stdout)
    assert answer["topics"]
    for found in answer["topics"]:
        start, end = found["span"]
        assert text[start:end] == found["text"]
    for claim in answer["claims"]:
        for found in claim["evidence"]:
            start, end = found["span"]
            assert text[start:end] == found["text"]
