"""The language of posts: told from few words, with the platform's word as a prior; uncovered ones get no claims."""

import shutil
from pathlib import Path

import pytest

from nlp.knowledge import HERE, BadKnowledge
from nlp.language import Languages
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


def test_a_second_language_is_data_alone(tmp_path: Path) -> None:
    """A folder of knowledge that also covers Spanish: no Python changes, and both languages keep their claims."""
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "model", "labels", "training"))
    replace(folder / "languages.toml", 'covered = ["en"]', 'covered = ["en", "es"]')
    replace(folder / "cues.toml", "negators = [\n", 'negators = [\n  "nunca", "tampoco",\n')
    replace(folder / "cues.toml", "openers = [\n", 'openers = [\n  "pueden", "es",\n')
    claims = folder / "claims" / "vaccine-adverse-effects.toml"
    at = claims.read_text(encoding="utf-8").index('id = "vaccines-cause-autism"')
    before, after = claims.read_text(encoding="utf-8")[:at], claims.read_text(encoding="utf-8")[at:]
    claims.write_text(
        before + after.replace("phrases = [\n", 'phrases = [\n  "vacuna* causan|provocan autismo",\n', 1), "utf-8"
    )
    tagger = Tagger(folder, careful=False)
    said = {
        "Las vacunas causan autismo en los niños, es la verdad": "promotes",
        "Las vacunas nunca causan autismo en los niños, es la verdad": "debunks",
        "¿Pueden las vacunas para los niños causar autismo? ¿Es que las vacunas causan autismo?": "questions",
        "Vaccines cause autism in children, this is the truth": "promotes",
        "Vaccines do not cause autism in children, this is the truth": "debunks",
    }
    for text, stance in said.items():
        [tags] = tagger.tag([Document(text)])
        assert tags.language == ("en" if "Vaccines" in text else "es"), text
        assert [claim.stance for claim in tags.claims if claim.claim_id == "vaccines-cause-autism"] == [stance], text
        assert tags.candidate == (tags.language == "en")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_language_without_words_cannot_be_covered(tmp_path: Path) -> None:
    text = (HERE / "languages.toml").read_text(encoding="utf-8").replace('covered = ["en"]', 'covered = ["en", "xh"]')
    (tmp_path / "languages.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"languages\.toml: field `covered`: expected a language .* got `xh`"):
        Languages(tmp_path / "languages.toml", frozenset())
