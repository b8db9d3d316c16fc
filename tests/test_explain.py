"""`auscult explain`: what a person reads of a text or a stored post, in a terminal, in plain text and as JSON."""

import importlib
import json
import math
import os
import pty
import re
import shutil
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from dashboard_home import published
from homes import AUSCULT, auscult, environment, said
from rich.console import Console
from typer.main import get_command

from flows.cli import app
from flows.explain import as_json, explained
from flows.explanation import print_explanation
from flows.highlight import Mark, highlighted, marks
from flows.settings import settings
from nlp.careful import SecondOpinion
from nlp.knowledge import HERE
from nlp.lore import lore
from nlp.pipeline import Tagger
from nlp.reader import MODEL
from nlp.tags import Document, Span

PROMOTING = "Vaccines cause autism, wake up! Big pharma hides it."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a few posts are published."""
    folder = tmp_path_factory.mktemp("explain") / "home"
    folder.mkdir(mode=0o700)
    published(folder)
    return folder


@pytest.fixture(scope="module")
def shown(home: Path) -> str:
    """What is said of a text that promotes a claim."""
    link = "http://www.naturalnews.com/x"
    return said(home, "explain", PROMOTING, "--no-careful", "--bio", "Nurse. RN.", "--url", link)


def squeezed(text: str) -> str:
    """Give the text with each run of blanks as one."""
    return " ".join(text.split())


def test_plain_text_marks_evidence_cues_and_topics_in_brackets(shown: str) -> None:
    assert "[<Vaccines> cause <autism>], {wake up}! {Big pharma} hides it." in shown
    assert "marked: <topic> [evidence] {cue}" in squeezed(shown)
    assert "\x1b" not in shown


def test_a_claim_is_shown_with_its_stance_words_cues_and_what_refutes_it(shown: str) -> None:
    text = squeezed(shown)
    assert "signal yes score" in text and "is a signal from 0.50 on" in text
    assert "claim promotes vaccines-cause-autism (vaccine-adverse-effects, falsifiable)" in text
    assert "raised by “Vaccines cause autism” decided by “wake up”, “Big pharma”" in text
    assert "wrong because Studies of well over a million children" in text
    assert "source https://doi.org/" in text and "risk high:" in text


def test_the_rest_is_shown_too(shown: str) -> None:
    text = squeezed(shown)
    assert "autism spectrum disorder (disease, DOID:0060041)" in text
    assert "role clinician" in text and "language en" in text
    assert "http://www.naturalnews.com/x is rated 0." in text
    assert "worth the careful reader" in text and "versions rules 20" in text


def test_a_terminal_gets_colours_instead_of_brackets(home: Path) -> None:
    here, there = pty.openpty()
    words = [str(AUSCULT), "explain", "--no-careful", PROMOTING]
    with subprocess.Popen(words, stdout=there, env=environment(home, TERM="xterm-256color", COLUMNS="200")) as command:
        os.close(there)
        text = everything(here)
    assert command.returncode == 0
    assert "\x1b[30;43mwake up\x1b[0m" in text
    assert "37;41mautism\x1b[0m" in text
    assert "{wake up}" not in text


def everything(terminal: int) -> str:
    """Read what a terminal got until nobody writes to it."""
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # Linux's word for a terminal that everybody left
        pass
    finally:
        os.close(terminal)
    return b"".join(parts).decode()


@pytest.mark.parametrize(
    ("answer", "claim_id", "decided"),
    [
        (
            "Barren after two doses? Tell that to the four jabbed mums in my antenatal class.",
            "covid-vaccine-infertility",
            "the careful reader; no phrase of the rules finds it",
        ),
        (
            "The aluminium in a whole schedule of jabs is less than a baby drinks in milk. It is not in their brain.",
            "aluminium-harms",
            "the careful reader; the rules said promotes",
        ),
        ("Vaccines don't cause autism.", "vaccines-cause-autism", "“don't”"),
    ],
)
def test_who_decided_a_stance_is_told(home: Path, answer: str, claim_id: str, decided: str) -> None:
    text = squeezed(said(home, "explain", answer))
    assert f"claim debunks {claim_id}" in text
    assert f"decided by {decided}" in text


def test_nothing_found_says_what_that_means(home: Path) -> None:
    text = squeezed(said(home, "explain", "Lovely sunshine over the harbour today"))
    assert "signal no" in text
    assert "Nothing was found: no claim, no topic." in text
    assert "whether the text is true is not said" in text
    assert "auscult claims draft" in text


def test_a_language_without_claims_is_said_and_not_guessed(home: Path) -> None:
    text = squeezed(said(home, "explain", "Las vacunas causan autismo en los niños", "--language", "es"))
    assert "Claims were not looked for: the language is es, and claims are known in en." in text


def test_machines_get_the_names_of_tag_and_more(home: Path) -> None:
    ran = auscult(home, "explain", "-", "--json", "--no-careful", typed=PROMOTING + "\n")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    [line] = tagged(home, found["text"])
    assert {name: found[name] for name in ("signal", "score", "topics", "versions")} == {
        name: line[name] for name in ("signal", "score", "topics", "versions")
    }
    [claim] = found["claims"]
    assert claim["evidence"] == [{"span": [0, 21], "text": "Vaccines cause autism", "field": "text"}]
    assert claim["source"].startswith("https://") and claim["wrong_because"] and claim["risk"] == "high"
    assert found["threshold"] == 0.5 and found["candidate"] is True and found["stored"] is None


def tagged(home: Path, text: str) -> list[dict[str, Any]]:
    """Give what `auscult tag` says of a text."""
    ran = auscult(home, "tag", "--no-careful", typed=json.dumps({"id": 1, "text": text}) + "\n")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_stored_post_is_explained_beside_what_the_snapshot_says(home: Path) -> None:
    text = squeezed(said(home, "explain", "104", "--platform", "simulated", "--no-careful"))
    assert text.startswith("simulated post 104, written 2026-04-22")
    assert "claim debunks mmr-causes-autism" in text
    assert "in the snapshot: no, " in text


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["explain", "nowhere", "--platform", "simulated"], 1, "auscult: the newest snapshot holds no post nowhere"),
        (["explain", "  "], 2, "auscult: nothing to explain"),
    ],
)
def test_what_cannot_be_explained_is_one_line(home: Path, words: list[str], code: int, line: str) -> None:
    ran = auscult(home, *words)
    assert (ran.returncode, ran.stderr.count("\n")) == (code, 1)
    assert ran.stderr.startswith(line)


def test_digits_alone_are_a_text_and_a_hint_says_how_a_post_is_named(home: Path) -> None:
    ran = auscult(home, "explain", "1234567890", "--no-careful", "--json")
    assert json.loads(ran.stdout)["text"] == "1234567890"
    assert "--platform" in ran.stderr and ran.stderr.count("\n") == 1
    assert auscult(home, "explain", "1234567890 people", "--no-careful").stderr == ""


def test_without_a_snapshot_no_post_can_be_named(tmp_path: Path) -> None:
    ran = auscult(tmp_path / "new", "explain", "1", "--platform", "x")
    assert ran.returncode == 3 and "nothing is published" in ran.stderr


def mark(kind: str, text: str, start: int, end: int) -> Mark:
    """Give a mark of a stretch of `text`."""
    return Mark(kind, Span(start, end, text[start:end]))


def test_marks_that_cross_or_nest_leave_the_text_as_it_is() -> None:
    text = "😀 MMR jab harms & more"
    found = [mark("topic", text, 2, 5), mark("evidence", text, 2, 15), mark("cue", text, 10, 17)]
    plain = highlighted(text, found, plain=True).plain
    assert plain == "😀 [<MMR> jab {harms] &} more"
    assert highlighted(text, found, plain=False).plain == text


def test_words_within_others_of_their_kind_are_marked_once() -> None:
    [tags] = Tagger(careful=False).tag([Document("Look at this #vaccineskill")])
    evidence = [one.span for one in marks(tags) if one.kind == "evidence"]
    assert [span.text for span in evidence] == ["#vaccineskill"]
    assert all("Look at this #vaccineskill"[span.start : span.end] == span.text for span in evidence)


def test_the_help_of_every_command_holds_an_example() -> None:
    for module in (Path(__file__).parents[1] / "flows").glob("commands_*.py"):
        importlib.import_module(f"flows.{module.stem}")
    found = dict(commands("auscult", get_command(app)))
    silent = [name for name, command in found.items() if "Example: `auscult" not in (command.epilog or "")]
    assert len(found) > 20
    assert not silent


def commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Give the commands under a command, each with its whole name."""
    for word, below in getattr(command, "commands", {}).items():
        yield f"{name} {word}", below
        yield from commands(f"{name} {word}", below)


def test_it_says_what_speaks_for_a_signal_and_which_words_do(tmp_path: Path) -> None:
    found = explained(
        settings({"AUSCULT_HOME": str(tmp_path)}), Document("Homeopathy cures leukemia. Cures! #leukemia")
    )
    heard = as_json(found)["careful_reader"]
    assert found.tags.score == pytest.approx(1 / (1 + math.exp(-sum(heard["parts"].values()))), abs=1e-3)
    assert heard["parts"]["words"] == pytest.approx(sum(heard["words"].values()), abs=0.2)
    assert next(iter(heard["words"])) in ("homeopathy", "cures")
    console = Console(file=StringIO(), width=120)
    print_explanation(found, console)
    assert re.search(
        r"for and against a signal: signals are rare -\d\.\d, the reading \+\d\.\d, .*", console.file.getvalue()
    )
    assert re.search(r"words that count: .*“homeopathy” \+\d\.\d", console.file.getvalue())


def test_a_post_that_is_held_back_says_so(tmp_path: Path) -> None:
    """With a model that holds back whatever it hears debunk at all, what would be a signal is none, and shown why."""
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    opinion = (folder / "opinion.toml").read_text(encoding="utf-8")
    (folder / "opinion.toml").write_text(re.sub(r"(held\w*_at) = .*", r"\1 = 0.0", opinion), encoding="utf-8")
    document = Document(PROMOTING)
    found = explained(settings({"AUSCULT_HOME": str(tmp_path)}), document)
    assert found.tags.signal and found.weighing and not found.weighing.held
    known = lore(HERE)
    cautious = SecondOpinion(known.claims, known.reader, folder)
    weighing = cautious.weigh(document, Tagger(careful=False).tag([document])[0])
    assert weighing.held and not weighing.signal and weighing.score < cautious.signal_at
    shown = {}
    for name, each in (("as it is", found), ("held back", msgspec.structs.replace(found, weighing=weighing))):
        console = Console(file=StringIO(), width=120)
        print_explanation(each, console)
        shown[name] = console.file.getvalue()
        heard = as_json(each)["careful_reader"]
        assert heard["held_back"] == ("debunking" if name == "held back" else None)
        assert sum(heard["stances"].values()) == pytest.approx(1, abs=0.01)
        assert "it heard promotes" in shown[name]
    assert "held back: it would be a signal" in shown["held back"] and "held back" not in shown["as it is"]
