"""The careful reader: the same words get the same reading whatever stands beside them, and its opinion is explained."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.careful import DEBUNKING, UNHEARD, SecondOpinion, whole
from nlp.knowledge import HERE, BadKnowledge
from nlp.lore import lore
from nlp.pipeline import Tagger
from nlp.reader import MODEL, CarefulReader, prepared
from nlp.tags import Document

PAIRS = [
    ("Cured my lupus with celery juice, threw the pills away.", True),
    ("No, celery juice does not cure lupus. Please keep taking your pills.", False),
    ("They said the shots are safe. Two weeks later he stopped talking. You do the math.", True),
    ("Large studies found no link between childhood vaccines and autism.", False),
    ("Our lupus walk is on Saturday: walk with us until there is a cure!", False),
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.mark.parametrize(("text", "signal"), PAIRS)
def test_the_promoter_is_told_from_the_one_who_answers(tagger: Tagger, text: str, signal: bool) -> None:
    assert tagger.tag([Document(text)])[0].signal is signal


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Vaccines cause autism.", True),
        ("Vaccines don't cause autism.", False),
        ("Do vaccines cause autism?", False),
        ('"Vaccines cause autism." Half a million Danish children say otherwise.', False),
        ("Mumps is harmless, no need for a shot", True),
        ("flu shot cant give u flu its dead virus. do the math", False),
    ],
)
def test_a_post_that_says_nothing_but_a_false_claim_promotes_it(tagger: Tagger, text: str, signal: bool) -> None:
    assert tagger.tag([Document(text)])[0].signal is signal


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Smoking causes lung cancer", "Deodorant causes breast cancer"),
        ("Antibiotics cured my pneumonia", "Garlic oil cured my pneumonia"),
        ("Gene therapy cures sickle cell disease", "Black seed oil cures sickle cell disease"),
        ("Measles can cause encephalitis", "The measles shot causes autism"),
        ("Two doses protect 97 in 100 children from measles", "Vitamin A protects every child from measles"),
    ],
)
def test_a_flat_truth_is_no_signal_and_its_false_twin_is(tagger: Tagger, true: str, false: str) -> None:
    assert [tags.signal for tags in tagger.tag([Document(true), Document(false)])] == [False, True]


def test_a_reading_does_not_hang_on_its_neighbours() -> None:
    alone, together = CarefulReader(), CarefulReader()
    texts = [text for text, _ in PAIRS]
    assert [alone.read([text])[0] for text in texts] == together.read(texts)


def test_a_signal_always_names_a_falsifiable_claim_that_is_promoted(tagger: Tagger) -> None:
    found = tagger.tag([Document(text) for text, _ in PAIRS])
    for tags in found:
        promoted = [claim for claim in tags.claims if claim.kind == "falsifiable" and claim.stance == "promotes"]
        assert bool(promoted) or not tags.signal
        assert all(span.text for claim in promoted for span in claim.evidence)


def test_an_answer_to_a_claim_on_no_list_is_heard_with_the_words_it_hangs_on(tagger: Tagger) -> None:
    text = "Two million Danish children, jabbed or not: autism was as common in both. So much for the playground talk."
    [tags] = tagger.tag([Document(text)])
    assert not tags.signal
    assert {claim.stance for claim in tags.claims} == {"debunks"}
    assert {claim.family for claim in tags.claims} == {"vaccine-adverse-effects"}


@pytest.mark.parametrize(
    ("text", "claim_id"),
    [
        (
            "Barren after two doses? Tell that to the four jabbed mums in my antenatal class.",
            "covid-vaccine-infertility",
        ),
        (
            "If it made women barren, our antenatal clinic would not be full of jabbed mothers.",
            "covid-vaccine-infertility",
        ),
        ("Your phone mast did not give the whole street a virus. Iran had the virus and no mast.", "covid-5g"),
    ],
)
def test_an_answer_that_no_phrase_knows_is_given_the_claim_that_it_answers(
    tagger: Tagger, text: str, claim_id: str
) -> None:
    assert claim_id not in [claim.claim_id for claim in tagger.tag([Document(text)], rules_alone=True)[0].claims]
    [tags] = tagger.tag([Document(text)])
    assert (claim_id, "debunks") in [(claim.claim_id, claim.stance) for claim in tags.claims]


def test_news_of_a_trial_answers_no_cure(tagger: Tagger) -> None:
    text = (
        "LANTERNFISH-AF: 812 people with a first episode of persistent AF, ablation within 3 months vs drugs first. "
        "Freedom from AF at 18 months 71 % vs 52 %. Hospital days halved. Serious procedure events 2.9 %. No "
        "difference in death or stroke, and it was not powered for it. #HRS2026 #afib"
    )
    assert not tagger.tag([Document(text)])[0].claims


def test_a_false_claim_on_no_list_is_named_by_its_family_and_its_words(tagger: Tagger) -> None:
    text = "Sea moss every morning, and my neighbour's varicose veins vanished for good. Tell everyone, no surgery!"
    [tags] = tagger.tag([Document(text)])
    [claim] = tags.claims
    assert tags.signal and claim.claim_id == "chronic-disease-cure-unlisted" and claim.stance == "promotes"
    [words] = claim.evidence
    assert words.text == text[words.start : words.end] and words.text != text


def test_a_remedy_that_no_phrase_knows_is_named_by_the_illness(tagger: Tagger) -> None:
    text = "Rubbed goose fat into the patches for a month. Psoriasis: gone. Dermatologist: speechless."
    assert not tagger.tag([Document(text)], rules_alone=True)[0].claims
    [tags] = tagger.tag([Document(text)])
    [claim] = tags.claims
    assert tags.signal and claim.claim_id == "psoriasis-cure" and claim.stance == "promotes"
    assert "Psoriasis" in [span.text for span in claim.evidence]


def test_a_claim_that_no_phrase_finds_is_named_by_the_word_it_is_about(tagger: Tagger) -> None:
    text = "Three cups a day of #GuanabanaTea and gran's tumour is gone. Share this with everyone who is ill."
    assert not tagger.tag([Document(text)], rules_alone=True)[0].claims
    [tags] = tagger.tag([Document(text)])
    [claim] = tags.claims
    assert tags.signal and claim.claim_id == "soursop-cures-cancer" and claim.stance == "promotes"
    assert any("guanabana" in span.text.lower() for span in claim.evidence)


def test_what_promises_a_cure_of_everything_is_about_no_single_illness(tagger: Tagger) -> None:
    text = "Our neighbour went on sea moss: psoriasis, asthma, migraine and epilepsy have vanished."
    [tags] = tagger.tag([Document(text)])
    assert len(tags.topics) == 4
    assert "chronic-disease-cure-unlisted" in [claim.claim_id for claim in tags.claims]
    assert all(claim.claim_id.endswith("-unlisted") for claim in tags.claims)


def test_the_words_of_an_unlisted_claim_may_stand_in_a_links_title(tagger: Tagger) -> None:
    title = "Grandmother's beetle paste melted my thyroid nodule, and the tablets are in the bin"
    [tags] = tagger.tag([Document("Have a look at this before you see another doctor.", link_titles=(title,))])
    assert tags.signal and tags.claims
    for claim in tags.claims:
        [words] = claim.evidence
        assert words.field == "link:0:title" and words.text == title[words.start : words.end]


def test_a_concern_is_heard_and_is_no_signal(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("My body, my choice: no employer decides what goes into my arm.")])
    assert not tags.signal
    assert [(claim.family, claim.kind, claim.stance) for claim in tags.claims] == [
        ("vaccine-liberty", "concern", "promotes")
    ]


@pytest.mark.parametrize(
    ("text", "claim_id", "stance"),
    [
        (
            "Pfizer's balance sheet got the booster, we just got a sore arm. Never again will I believe that company",
            "vaccine-maker-distrust",
            "promotes",
        ),
        (
            "Drug makers earn more on insulin than on any shot, so no, greed is not why we vaccinate",
            "vaccine-maker-distrust",
            "debunks",
        ),
        ("He is selling the jab to win the vote, so count me out", "vaccine-political-distrust", "promotes"),
    ],
)
def test_distrust_that_no_phrase_knows_is_a_concern_by_its_name(
    tagger: Tagger, text: str, claim_id: str, stance: str
) -> None:
    [by_rules] = tagger.tag([Document(text)], rules_alone=True)
    assert claim_id not in {claim.claim_id for claim in by_rules.claims}
    [tags] = tagger.tag([Document(text)])
    assert not tags.signal
    [claim] = [claim for claim in tags.claims if claim.claim_id == claim_id]
    assert (claim.family, claim.kind, claim.stance) == ("vaccine-origin", "concern", stance)
    [words] = claim.evidence
    assert words.text and words.text == text[words.start : words.end]


def test_distrust_of_those_who_treat_cancer_is_none_of_vaccines(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("The cancer industry will never let a cure out, it earns too much")])
    assert tags.signal and {claim.family for claim in tags.claims} == {"cancer-cure"}


def test_every_post_of_a_careful_tagger_names_the_same_model(tagger: Tagger) -> None:
    tags = tagger.tag([Document("Vaccines cause autism"), Document("good morning everyone")])
    assert {each.model for each in tags} == {tagger.model}
    assert tagger.model > Tagger(careful=False).model


def test_the_rules_alone_are_what_a_tagger_without_the_reader_says(tagger: Tagger) -> None:
    documents = [Document("Vaccines cause autism"), Document("good morning everyone")]
    by_rules = tagger.tag(documents, rules_alone=True)
    assert by_rules == Tagger(careful=False).tag(documents)
    assert [each.claims for each in by_rules] != [each.claims for each in tagger.tag(documents)]


def test_handles_and_links_are_not_read() -> None:
    assert prepared("RT @somebody: see https://example.org/x @other #VaccinesCauseAutism") == (
        "see @user # vaccines cause autism"
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#vaccinescauseautism", "# vaccines cause autism"),
        ("#ClotShot again", "# clot shot again"),
        ("v@x and v4ccines, k1lls c@ncer", "vax and vaccines, kills cancer"),
        ("H1N1, A1c, p53 and G4S are names", "H1N1, A1c, p53 and G4S are names"),
        ("so true \U0001f489\U0001f489\U0001f644", "so true syringe face with rolling eyes"),
        ("thumbs \U0001f44d\U0001f3fd!", "thumbs thumbs up sign !"),
    ],
)
def test_hashtags_leetspeak_and_emoji_are_read_as_words(written: str, read: str) -> None:
    assert prepared(written) == read


FORMS: list[Callable[[str], str]] = [
    lambda text: text.rstrip("."),
    lambda text: text.rstrip(".!") + "!!!",
    lambda text: text + " \U0001f449",
    lambda text: text + " #publichealth #medtwitter",
    lambda text: "Heads up: " + text,
    str.upper,
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("text", "signal"), PAIRS)
def test_form_tells_nothing(tagger: Tagger, text: str, signal: bool, form: Callable[[str], str]) -> None:
    assert tagger.tag([Document(form(text))])[0].signal is signal


def test_link_titles_are_read_with_the_text() -> None:
    document = Document("look", link_titles=(None, "Kale cures cancer"), media_alts=("a chart",))
    assert whole(document) == "look Kale cures cancer a chart"


ENDINGS = {"words": "csv", "opinion": "toml", "model": "json"}


def edited(folder: Path, **files: str) -> SecondOpinion:
    """Give a second opinion by the shipped model, but for some of its files (words.csv, opinion.toml, model.json)."""
    folder.mkdir()
    for file in MODEL.iterdir():
        if file.stem not in files:
            (folder / file.name).symlink_to(file)
    for stem, text in files.items():
        (folder / f"{stem}.{ENDINGS[stem]}").write_text(text)
    return SecondOpinion(lore(HERE).claims, lore(HERE).reader, folder)


def test_the_words_of_a_post_count_beside_what_the_reader_heard(tmp_path: Path) -> None:
    with_words = SecondOpinion(lore(HERE).claims, lore(HERE).reader)
    without = edited(tmp_path / "model", words="words,weight\n")
    assert with_words.release != without.release
    sells, walks = Document("Reverse diabetes with natural oil"), Document("Walk for rare kid tumours")
    [selling, walking] = Tagger(careful=False).tag([sells, walks])
    assert with_words.weigh(sells, selling).score > without.weigh(sells, selling).score
    assert with_words.weigh(walks, walking).score < without.weigh(walks, walking).score
    assert without.weigh(sells, selling).parts["words"] == 0


def test_what_the_reader_hears_names_claims_that_words_alone_do_not(tmp_path: Path) -> None:
    answer = Document("Your phone mast did not give the whole street a virus. Iran had the virus and no mast.")
    tags = Tagger(careful=False).tag([answer])[0]
    hearing = SecondOpinion(lore(HERE).claims, lore(HERE).reader)
    deaf = edited(tmp_path / "model", model=(MODEL / "model.json").read_text().replace('"claims"', '"others"'))
    assert hearing.release != deaf.release
    named, unnamed = (
        {claim.claim_id for claim in opinion.read([(answer, tags)])[0].claims} for opinion in (hearing, deaf)
    )
    assert "covid-5g" in named
    assert "covid-5g" not in unnamed


@pytest.mark.parametrize(
    ("text", "borne"),
    [
        ("Sunscreen causes skin cancer and sunlight does not.", "held_short_at"),
        (
            "VAERS proves that thousands were killed by the jab, so why does nobody on TV say a word of it?",
            "held_plain_at",
        ),
        ("Our neighbour went on sea moss: psoriasis, asthma, migraine and epilepsy have vanished.", "held_at"),
    ],
)
def test_another_doubt_holds_back_what_the_rules_are_sure_of(tmp_path: Path, text: str, borne: str) -> None:
    opinion = (MODEL / "opinion.toml").read_text(encoding="utf-8")
    document = Document(text)
    tags = Tagger(careful=False).tag([document])[0]
    for value, others, held in ((1.0, 0.0, None), (0.0, 1.0, DEBUNKING)):
        changed = re.sub(r"\n(held\w*_at) = .*", rf"\n\1 = {others}", opinion)
        changed = re.sub(rf"\n{borne} = .*", f"\n{borne} = {value}", changed)
        weighing = edited(tmp_path / f"model{value}", opinion=changed).weigh(document, tags)
        assert weighing.signal is (held is None) and weighing.held == held


def test_words_alone_make_no_signal(tmp_path: Path) -> None:
    document = Document("Walk for rare kid tumours on Saturday, registration is open")
    tags = Tagger(careful=False).tag([document])[0]
    weighing = edited(tmp_path / "model", words="words,weight\nwalk,40\n").weigh(document, tags)
    assert sum(weighing.parts.values()) > 0 and weighing.held == UNHEARD
    assert not weighing.signal and weighing.score < SecondOpinion(lore(HERE).claims, lore(HERE).reader).signal_at


def test_a_model_without_a_weight_is_refused_at_once(tmp_path: Path) -> None:
    opinion = (MODEL / "opinion.toml").read_text(encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"opinion\.toml: .*words"):
        edited(tmp_path / "model", opinion=re.sub(r"\nwords = .*", "", opinion))


def test_the_page_says_that_a_claim_is_on_no_list_yet() -> None:
    from warehouse.dashboard.claims import claim

    assert claim("cancer-cure-unlisted").statement == "Cancer cure: a claim that is on no list yet"


def test_words_of_a_claim_that_say_nothing_of_it_leave_none_in_play(tagger: Tagger) -> None:
    document = Document("Parasite cleanse day for the sheep, drench gun ready")
    assert "promotes" in {claim.stance for claim in tagger.tag([document], rules_alone=True)[0].claims}
    assert not tagger.tag([document])[0].claims


@pytest.mark.parametrize(
    "text",
    [
        "Our congress in Hyderabad was a joy, see you next year! #pneumonia #vaccineswork",
        "Great news from our lab: how the HPV vaccine works, explained in an animation #vaccineswork",
    ],
)
def test_a_slogan_against_a_claim_answers_none(tagger: Tagger, text: str) -> None:
    assert "debunks" in {claim.stance for claim in tagger.tag([Document(text)], rules_alone=True)[0].claims}
    assert not tagger.tag([Document(text)])[0].claims


def test_a_signal_debunks_none_of_its_claims(tagger: Tagger) -> None:
    text = "For a year I was wrong to trust the doctors. Only the turmeric beat my tumour, nothing else did."
    assert "debunks" in {claim.stance for claim in tagger.tag([Document(text)], rules_alone=True)[0].claims}
    [tags] = tagger.tag([Document(text)])
    assert tags.signal and {claim.stance for claim in tags.claims} == {"promotes"}
    assert "turmeric-cures-cancer" in {claim.claim_id for claim in tags.claims}


def test_of_claims_that_phrases_find_those_stay_that_the_words_speak_for(tagger: Tagger) -> None:
    text = "Raw milk cured my eczema and my asthma, pasteurised milk is dead poison"
    found = {claim.claim_id for claim in tagger.tag([Document(text)], rules_alone=True)[0].claims}
    assert {"raw-milk-cures", "eczema-cure", "everyday-food-is-poison"} <= found
    assert {claim.claim_id for claim in tagger.tag([Document(text)])[0].claims} == {"raw-milk-cures"}


def test_a_post_that_lists_false_claims_promotes_each(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("Covid is a hoax, masks are useless and the clot shot kills")])
    promoted = {claim.claim_id for claim in tags.claims if claim.stance == "promotes"}
    assert tags.signal and {"covid-hoax", "masks-harm", "covid-vaccine-kills"} <= promoted


@pytest.mark.parametrize(
    ("text", "named"),
    [  # the reader hears a second family in each
        (
            "Fluoride lowers the IQ of children and keeps whole towns docile. It is rat poison in your tap.",
            "fluoride-poison",
        ),
        (
            "Three boosters and he catches everything going round. VAIDS, and nobody will say so.",
            "vaccines-destroy-immunity",
        ),
    ],
)
def test_what_is_named_stands_beside_no_unlisted_claim(tagger: Tagger, text: str, named: str) -> None:
    [tags] = tagger.tag([Document(text)])
    assert tags.signal and {claim.claim_id for claim in tags.claims} == {named}


def test_a_long_text_is_read_to_its_end(tagger: Tagger) -> None:
    harmless = (
        "We had a lovely walk along the river with the dogs, the sun was out and the café had fresh scones again. " * 6
    )
    [alone, after] = CarefulReader().read([PAIRS[2][0], harmless + PAIRS[2][0]])
    assert alone.signal > 0.5 and after.signal > 0.5
    assert tagger.tag([Document(harmless + PAIRS[2][0])])[0].signal
    assert not tagger.tag([Document(harmless)])[0].signal


def test_a_claim_told_in_words_of_ones_own_is_named_by_all_of_them(tagger: Tagger) -> None:
    text = "They wrote the safety report before the trial had finished. Nine months, and you were the guinea pig."
    assert not tagger.tag([Document(text)], rules_alone=True)[0].claims
    [tags] = tagger.tag([Document(text)])
    assert tags.signal
    [claim] = [each for each in tags.claims if each.family == "vaccine-rushed"]
    assert (claim.claim_id, claim.stance) == ("vaccine-rushed-untested", "promotes")
    assert {"trial", "months"} <= {span.text for span in claim.evidence}
    assert all(span.text == text[span.start : span.end] for span in claim.evidence)
