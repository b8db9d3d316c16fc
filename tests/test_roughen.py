"""Training texts in other forms: the same words, another look."""

import random
import re

from nlp.roughen import roughened

TEXT = "My doctor's answer, in short: vaccines do not cause autism, and the study of 657,461 children says so."
WORDS = re.findall(r"[a-z]+", TEXT.lower().replace("'", ""))
TAGS = ["afib", "bcsm", "health", "asthma"]


def forms(count: int = 300) -> list[str]:
    rng = random.Random(7)
    return [roughened(TEXT, TAGS, rng) for _ in range(count)]


def test_what_is_said_stays_but_for_one_slip_of_the_keys() -> None:
    for form in forms():
        said = re.findall(r"[a-z]+", form.lower().replace("'", "").replace("\u2019", ""))
        assert sum(word not in said for word in WORDS) <= 1, form


def test_the_number_keeps_its_comma() -> None:
    assert all("657,461" in form for form in forms())


def test_ends_starts_and_hashtags_vary() -> None:
    found = forms()
    assert sum(form.endswith(".") for form in found) < 150
    assert sum("#" in form for form in found) in range(45, 110)
    assert sum(not form.startswith("My") for form in found) in range(30, 90)
    assert TEXT in found


def test_short_texts_and_marks_alone_stay_what_they_are() -> None:
    rng = random.Random(1)
    for _ in range(200):
        assert "no" in re.findall(r"[a-z]+", roughened("no", TAGS, rng))
        roughened("...", TAGS, rng)
