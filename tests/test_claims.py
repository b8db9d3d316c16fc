"""The knowledge of claims: its files, its phrase language, and its examples, which are its tests."""

from pathlib import Path

import pytest

from nlp.cues import read_cues
from nlp.examples import answers
from nlp.hashtags import frequencies, split
from nlp.inflection import stem
from nlp.knowledge import FAMILIES, HERE, BadKnowledge, load
from nlp.lore import lore
from nlp.normalise import Reader
from nlp.phrases import Compiler, Scene
from nlp.pipeline import Tagger
from nlp.tags import Document

LISTS = {"vaccine": ["vaccine", "flu shot", "v@x"], "cause": ["cause", "lead to"]}
CLAIM = """
family = "vaccine-adverse-effects"

[[claim]]
id = "one"
kind = "falsifiable"
statement = "Vaccines cause hiccups."
wrong_because = "They do not."
source = "https://example.org/"
risk = "low"
harm = "Missed vaccines."
reviewer = "a reviewer"
reviewed = "2026-11-01"
phrases = ["{vaccine} {cause} hiccups"]
examples = [{ text = "Vaccines cause hiccups", stance = "promotes" }]
"""


def reader() -> Reader:
    return Reader(frequencies(HERE / "vocabulary.csv", ("vaccine", "vax")), frozenset({"vax", "vaccine"}), frozenset())


def found(phrase: str, text: str) -> bool:
    reads = reader()
    negators = read_cues(HERE / "cues.toml").negators
    compiler = Compiler(LISTS, negators, lambda entry: reads.read(entry).forms)
    scene = Scene(reads.read(text))
    return scene.find(compiler.phrase(phrase)) is not None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("{vaccine} {cause} autism", "The flu shots they gave are causing autism"),
        ("{vaccine} {cause} autism", "v@x leads to AUTISM"),
        ("{vaccine} {cause} autism", "#VaccinesCauseAutism"),
        ("autis*", "so autistic"),
        ("big_pharma", "#BigPharma lies"),
        ("mask not work", "masks don't work"),
        ("=ms", "my ms is bad"),
        ("vitamin_c & cancer", "cancer hates vitamin C"),
        ("shot && talking", "He had the shot. He stopped talking."),
        ("vaccine !flu", "a vaccine against measles"),
        ("cure|{cause} hiccups", "it cured hiccups"),
    ],
)
def test_a_phrase_finds(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("{vaccine} {cause} autism", "autism is not caused by a vaccine"),
        ("{vaccine} {cause} autism", "Vaccines are safe. Smoke causes asthma, not autism"),
        ("{vaccine} {cause} autism", "vaccine one two three four five six causes autism"),
        ("big_pharma", "a big old pharma company"),
        ("mask not work", "masks work"),
        ("=ms", "mss"),
        ("vitamin_c & cancer", "Vitamin C is fine. Cancer is not."),
        ("vaccine !flu", "the flu vaccine"),
        ("cancer cure", "#cancer #health #cure"),
    ],
)
def test_a_phrase_does_not_find(phrase: str, text: str) -> None:
    assert not found(phrase, text)


@pytest.mark.parametrize("phrase", ["{nothing} here", "", "!only", "!a & !b", "{vaccine"])
def test_a_bad_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(BadKnowledge):
        found(phrase, "text")


@pytest.mark.parametrize(
    "words",
    [
        "cause causes caused causing",
        "cure cures cured curing",
        "stop stops stopped stopping",
        "baby babies",
        "die died dying",
    ],
)
def test_inflections_meet(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", ["care car", "news new", "aids aid", "nothing note", "passing pass_"])
def test_other_words_do_not(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 2


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("VaccinesCauseAutism", "vaccines cause autism"),
        ("vaccinescauseautism", "vaccines cause autism"),
        ("CDCwhistleblower", "cdc whistleblower"),
        ("COVID19", "covid 19"),
        ("ASCO14", "asco 14"),
        ("sigmoidoscopy", "sigmoidoscopy"),
    ],
)
def test_hashtags_are_split(tag: str, words: str) -> None:
    logs = frequencies(HERE / "vocabulary.csv", ("vaccines", "autism", "cause", "whistleblower", "cdc"))
    pieces = split(tag, logs)
    assert " ".join(word for word, _, _ in pieces) == words
    assert all(tag[start:end].lower() == word for word, start, end in pieces)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Vaccines in the U.S. cause autism", 1),
        ("Dr. Smith says vaccines, e.g. MMR, cause autism", 1),
        ("Vaccines save lives. They cause nothing else", 2),
        ("I live in Texas. Vaccines work", 2),
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str, sentences: int) -> None:
    assert max(Scene(lore(HERE).reader.read(text)).sentences) + 1 == sentences


def knowledge(tmp_path: Path, content: str) -> Path:
    (tmp_path / "claims").mkdir()
    (tmp_path / "words.toml").write_text('[lists]\nvaccine = ["vaccine"]\ncause = ["cause"]\n')
    (tmp_path / "claims" / "family.toml").write_text(content)
    return tmp_path


def test_a_claim_is_read(tmp_path: Path) -> None:
    _, [claim] = load(knowledge(tmp_path, CLAIM))
    assert (claim.id, claim.family) == ("one", "vaccine-adverse-effects")


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("statement =", "statment =", r"family\.toml: claim `one`: .*`statment`"),
        ('kind = "falsifiable"', 'kind = "false"', r"family\.toml: claim `one`: .*kind"),
        ('id = "one"', "id = 1", r"claim `1`: .*id"),
        ('stance = "promotes"', 'stance = "loves"', r"claim `one`: .*stance"),
        ('source = "https://example.org/"', 'source = "example.org"', r"claim `one`: field `source`: expected"),
        ('harm = "Missed vaccines."', 'harm = ""', r"claim `one`: field `harm`: expected"),
        ('family = "vaccine-adverse-effects"', 'family = "hiccups"', r"family\.toml: field `family`: expected one of"),
        ("[[claim]]", "[[claim", r"family\.toml: "),
    ],
)
def test_a_bad_entry_is_refused_by_file_entry_and_field(tmp_path: Path, was: str, now: str, message: str) -> None:
    with pytest.raises(BadKnowledge, match=message):
        load(knowledge(tmp_path, CLAIM.replace(was, now)))


def test_an_id_is_used_once(tmp_path: Path) -> None:
    folder = knowledge(tmp_path, CLAIM)
    (folder / "claims" / "other.toml").write_text(CLAIM)
    with pytest.raises(BadKnowledge, match=r"other\.toml: claim `one`: field `id`: already used"):
        load(folder)


@pytest.mark.parametrize(
    ("family", "names", "message"),
    [
        ("cancer-cure", 'topics = ["DOID:none"]', r"own\.toml: claim `one`: field `topics`: expected ids .* `topics/`"),
        ("cancer-cure", 'words = ["#!"]', r"own\.toml: claim `one`: field `words`: expected a word .* got `#!`"),
        ("chronic-disease-cure", 'topics = ["DOID:8893"]', r"`psoriasis-cure`.*`DOID:8893` names the claim `one`"),
        ("cancer-cure", 'words = ["Graviola"]', r"`soursop-cures-cancer`.*`graviola` names the claim `one`"),
    ],
)
def test_a_name_that_is_unknown_or_taken_is_refused(tmp_path: Path, family: str, names: str, message: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(CLAIM.replace("vaccine-adverse-effects", family).replace("kind =", f"{names}\nkind ="))
    with pytest.raises(BadKnowledge, match=message):
        lore(HERE, own)


def test_every_family_is_known_by_claims() -> None:
    _, claims = load()
    assert {claim.family for claim in claims} == set(FAMILIES)
    assert len(claims) >= 60
    assert {claim.kind for claim in claims if claim.family in ("vaccine-liberty", "vaccine-religion")} == {"concern"}


def test_all_phrases_compile() -> None:
    assert lore(HERE).claims


def test_the_examples_of_the_claims_come_out_right_but_for_a_few() -> None:
    """The rules alone, without the careful reader: some stories and refutations hold no cue."""
    tagger = Tagger(careful=False)
    asked = answers(tagger, tagger.claims)
    wrong = [f"{a.claim.id}: {a.expected}, got {a.got}: {a.text}" for a in asked if a.misleading]
    assert len(wrong) <= 0.06 * len(asked), "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "Tylenol and autism",
        "Baking soda mouthwash for cancer patients",
        "Smallpox is gone!",
        "Vaccine scam alert",
        "Primary vaccine failure",
        "Statin myths",
        "Antidepressants vs placebo",
        "SIDS: vaccines protect",
        "Russian roulette: skipping vaccines",
        "HPV vaccine reactions",
        "Black salve scars",
        "#MaskOff by Future",
        "cute #guineapigs",
        "#vaccineinjury compensation",
        "#killshot in game 7",
        "#depopulation of rural Japan",
    ],
)
def test_words_beside_each_other_and_loose_hashtags_promote_nothing(text: str) -> None:
    [tags] = Tagger(careful=False).tag([Document(text, language="en")])
    assert not tags.signal
    assert "promotes" not in {mention.stance for mention in tags.claims}


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("I can't go on anymore", True),
        ("kms tonight i mean it", True),
        ("i want to die", True),
        ("going to end it all", True),
        ("I want to kill myself and nobody cares", True),
        ("called the hotline and no one answered. i want to die", True),
        ("i need to purge after that dinner", True),
        ("Cycled 40 kms for #breastcancer research", False),
        ("I can't go on holiday this year", False),
        ("Going to purge my wardrobe", False),
        ("Suicide prevention: if you hear 'I want to die', call 988", False),
        ("I don't want to kill myself anymore, thank you nurse", False),
    ],
)
def test_a_cry_is_told_from_kilometres_campaigns_and_recovery(text: str, danger: bool) -> None:
    [tags] = Tagger(careful=False).tag([Document(text, language="en")])
    assert tags.danger == danger
