"""What is learnt from and what is measured on are kept apart; names choose files of sentences."""

import json
import re
from pathlib import Path

import pytest

from nlp.knowledge import HERE
from nlp.labelled import sentences
from nlp.lore import lore

BENCHMARKS = Path(__file__).parent / "benchmarks"


def runs(text: str) -> set[tuple[str, ...]]:
    """Give every five words in a row."""
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


@pytest.fixture(scope="module")
def learnt() -> set[tuple[str, ...]]:
    return set().union(*(runs(example.text) for part in ("train", "fit") for example in sentences(part)))


@pytest.mark.parametrize("name", ["twelfth", "thirteenth", "short", "plain", "irony"])
def test_an_unseen_set_shares_no_five_words_in_a_row_with_the_training(name: str, learnt: set[tuple[str, ...]]) -> None:
    lines = (BENCHMARKS / f"{name}_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert len(texts) > 190 and len(learnt) > 100_000
    assert [text for text in texts if runs(text) & learnt] == []


def test_no_sentence_is_in_both_parts() -> None:
    train, fit = ({example.text for example in sentences(part)} for part in ("train", "fit"))
    assert len(train) > 40_000 and len(fit) > 2_000
    assert train.isdisjoint(fit)


def test_several_names_give_the_sentences_of_their_files_alone() -> None:
    plain, irony = (sentences("train", [name]) for name in ("plain-", "irony-"))
    both, whole = sentences("train", ["plain-", "irony-"]), sentences("train")
    assert min(len(plain), len(irony)) > 1_000
    assert sorted(both) == sorted([*plain, *irony])
    assert {example.text for example in both} < {example.text for example in whole}
    statement = lore(HERE).claims[0].statement
    assert statement in {example.text for example in whole} - {example.text for example in both}
