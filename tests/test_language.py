"""The language of posts: told from few words, with the platform's word as a prior; uncovered ones get no claims."""

import pytest

from nlp.pipeline import Tagger
from nlp.tags import Document


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("I can't believe how tired I am of this flu", None, "en"),
        ("Flu season", None, "en"),
        ("Flu season", "en-GB", "en"),
        ("La vacuna contra la gripe no es para todos los niños", None, "es"),
        ("Die Grippeimpfung ist für alle da und nicht nur für mich", None, "de"),
        ("Le vaccin contre la grippe est pour tous les enfants", None, "fr"),
        ("A vacina não é só para você, é para todos", None, "pt"),
        ("インフルエンザの予防接種を受けました", None, "ja"),
        ("Прививка от гриппа", None, "ru"),
        ("تطعيم الانفلونزا", None, "ar"),
        ("@someone http://t.co/abc", None, "und"),
        ("Grippe!", "fr", "fr"),
        ("#ClotShot", "qht", "en"),
        ("Vaccines kill", "zxx", "en"),
        ("vaksin flu", "in", "id"),
    ],
)
def test_languages_are_told_apart(tagger: Tagger, text: str, said: str | None, code: str) -> None:
    [tags] = tagger.tag([Document(text, language=said)])
    assert tags.language == code


def test_other_languages_get_no_claims_but_topics(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("Las vacunas no son para todos los niños, dicen: vaccines cause autism #autism")])
    assert tags.language == "es"
    assert not tags.claims
    assert not tags.signal
    assert tags.topics
