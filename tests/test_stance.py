"""Stance on hard sentences, each with what must come out for the post: its signal, or the stance of what is in play."""

import pytest

from nlp.pipeline import Tagger
from nlp.tags import Document

PROMOTES = [
    "Vaccines cause autism",
    "#VaccinesCauseAutism",
    "#vaccinescauseautism",
    "v@ccines cause autism, wake up",
    "Vaccines\ncause 💉 autism",
    "Dr Miller: vaccines cause autism",
    "If vaccines were safe why do the makers need immunity from lawsuits?",
    "They said vaccines are safe. Two weeks after the shot he stopped talking. You do the math.",
    "So glad Big Pharma tells us vaccines don't cause autism 🙄",
    "Don't tell me vaccines don't cause autism",
    "Did you know that vaccines cause autism?",
    "I'm not anti-vax but vaccines cause autism",
    "It's not a conspiracy theory: vaccines cause autism",
    "Sugar feeds cancer. Cut it out and the tumour starves",
    "Baking soda cures cancer and Big Pharma hides it",
]
DEBUNKS = [
    "Vaccines do NOT cause autism",
    "No, the flu shot can't give you the flu",
    "Vaccines don’t cause autism",
    "Vaccines don&#39;t cause autism",
    "Doctor says 'vaccines cause autism' is a myth",
    "Sure, and the earth is flat: vaccines cause autism 🙄",
    "'Sugar feeds cancer' — no, it doesn't",
    "I used to think vaccines cause autism, I was wrong",
    "Anti-vaxxers claim that vaccines cause autism",
    "There is no evidence that vaccines cause autism",
    "Studies show no link between vaccines and autism",
    "The claim that vaccines cause autism has been debunked",
    "Stop spreading the lie that vaccines cause autism",
    "It is not true that vaccines cause autism",
    "Vaccines have never been linked to autism",
    "Vaccines cause autism? Nope.",
    "Who still believes vaccines cause autism",
]
QUESTIONS = [
    "Does the MMR cause autism?",
    "Is it true that vaccines cause autism?",
    "Can the flu shot give you the flu? Asking for my mum",
]
REPORTS = [
    "Court awards family after MMR vaccine caused autism",
    "Poll: one in ten parents believe vaccines cause autism",
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


def stances(tagger: Tagger, text: str) -> set[str]:
    [tags] = tagger.tag([Document(text)])
    return {mention.stance for mention in tags.claims}


@pytest.mark.parametrize("text", PROMOTES)
def test_an_assertion_however_put_is_a_signal(tagger: Tagger, text: str) -> None:
    [tags] = tagger.tag([Document(text)])
    assert tags.signal
    assert tags.score >= 0.5


@pytest.mark.parametrize("text", DEBUNKS)
def test_a_refutation_is_no_signal(tagger: Tagger, text: str) -> None:
    assert stances(tagger, text) == {"debunks"}


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_in_good_faith_is_no_signal(tagger: Tagger, text: str) -> None:
    assert stances(tagger, text) == {"questions"}


@pytest.mark.parametrize("text", REPORTS)
def test_news_is_no_signal(tagger: Tagger, text: str) -> None:
    assert stances(tagger, text) == {"reports"}


@pytest.mark.parametrize("text", ["Walk to find a cure for diabetes, join us", "There is no cure for lupus yet"])
def test_a_cure_wished_for_is_not_claimed(tagger: Tagger, text: str) -> None:
    assert not stances(tagger, text)


def test_the_words_that_decided_are_shown(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("Doctor says 'vaccines cause autism' is a myth")])
    [mention] = tags.claims
    assert [span.text for span in mention.evidence] == ["vaccines cause autism"]
    assert "myth" in [span.text for span in mention.cues]
