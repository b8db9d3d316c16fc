"""The tagger as a whole: spans on the original text, fields, order, repetition, odd input, releases."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.knowledge import HERE, BadKnowledge
from nlp.pipeline import Tagger
from nlp.tags import Document, Span, Tags


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


def spans(tags: Tags) -> list[Span]:
    mentioned = [topic.span for topic in tags.topics]
    return mentioned + [span for claim in tags.claims for span in (*claim.evidence, *claim.cues)]


def field(document: Document, name: str) -> str | None:
    kind, _, rest = name.partition(":")
    place, _, part = rest.partition(":")
    if kind == "text":
        return document.text
    if kind == "alt":
        return document.media_alts[int(place)]
    return (document.link_titles if part == "title" else document.link_descriptions)[int(place)]


PIECES = [
    "vaccines cause autism",
    "#VaccinesCauseAutism",
    "💉",
    "&amp;",
    "do not",
    "RT @someone:",
    "\n\n",
    "MMR",
    "é",
    "?",
]
PIECES += [
    "\x1e",
    "don’t",
    "http://t.co/abc",
    "#flu",
    "cures cancer",
    "v@x",
    "ＡＢ",
    "#",
    "@",
    "İ",
    "ß",
    "\u200d",
    "…",
    "_",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=12).map(" ".join)


@given(text=texts, title=texts, alt=texts)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_lie_on_their_fields_whatever_the_text(tagger: Tagger, text: str, title: str, alt: str) -> None:
    document = Document(text, link_titles=(title,), link_descriptions=(None,), media_alts=(alt,))
    [tags] = tagger.tag([document])
    for span in spans(tags):
        read = field(document, span.field)
        assert read is not None
        assert read.replace("\x1e", " ")[span.start : span.end] == span.text


def test_evidence_in_a_link_title_names_its_field(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("Read this", link_titles=(None, "Vaccines cause autism"))])
    assert tags.signal
    assert {span.field for span in tags.claims[0].evidence} == {"link:1:title"}


def test_claims_do_not_run_from_one_field_into_the_next(tagger: Tagger) -> None:
    [tags] = tagger.tag([Document("Vaccines", media_alts=("cause autism",))])
    assert not tags.claims


def test_tags_come_in_the_order_of_the_documents_also_when_texts_repeat(tagger: Tagger) -> None:
    documents = [Document(text) for text in ("#afib", "vaccines cause autism", "#afib", "", "hello world", "#afib")]
    tagged = tagger.tag(documents)
    assert [bool(tags.claims) for tags in tagged] == [False, True, False, False, False, False]
    assert [bool(tags.topics) for tags in tagged] == [True, True, True, False, False, True]
    assert tagger.tag(documents) == tagged
    assert tagger.tag([]) == []


def test_lone_surrogates_and_huge_texts_are_tagged(tagger: Tagger) -> None:
    odd = ["\ud800 vaccines cause autism", "a" * 100_000, "#" * 5000, "vaccines " * 5000, "\x00", "😀" * 3000]
    assert [tags.signal for tags in tagger.tag([Document(text) for text in odd])][:2] == [True, False]


def test_near_copies_have_near_fingerprints(tagger: Tagger) -> None:
    text = "Scientists admit that the new flu vaccine is more dangerous than the flu itself, please share with all"
    first, copy, other = (
        tags.fingerprint
        for tags in tagger.tag(
            [
                Document(text),
                Document(f"RT @someone: {text} http://t.co/x"),
                Document("Our clinic opens on Monday at nine, bring your insurance card and a list of your medicines"),
            ]
        )
    )
    assert (first ^ copy).bit_count() == 0
    assert (first ^ other).bit_count() > 12


def test_releases_sort_by_age_and_name_their_content(tagger: Tagger, tmp_path: Path) -> None:
    assert tagger.rules.startswith("20")
    assert "+" in tagger.rules
    folder = copied(tmp_path)
    (folder / "danger.toml").write_text('phrases = ["kill_myself"]\n')
    changed = Tagger(folder, careful=False)
    assert changed.rules != tagger.rules
    assert changed.model == tagger.model


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "model", "labels", "training"))
    return folder


def test_bad_knowledge_is_refused_when_the_tagger_is_made(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "cues.toml").write_text("negators = 3\n")
    with pytest.raises(BadKnowledge, match=r"cues\.toml: .*negators|cues\.toml: .*missing"):
        Tagger(folder, careful=False)


class Agreeing:
    """A careful reader that turns every candidate it is given into a signal."""

    release = "2026.01.01.1"

    def read(self, candidates: list[tuple[Document, Tags]]) -> list[Tags]:
        import msgspec

        return [msgspec.structs.replace(tags, signal=True, model=self.release) for _, tags in candidates]


def test_a_careful_reader_sees_candidates_only() -> None:
    tagger = Tagger(careful=Agreeing())
    debunked, other = tagger.tag([Document("Vaccines do not cause autism"), Document("Happy birthday to my sister")])
    assert debunked.signal
    assert not other.signal


def test_a_person_in_danger_is_routed_and_a_campaign_is_not(tagger: Tagger) -> None:
    texts = ["I want to kill myself tonight", "Suicide prevention week starts Monday", "this essay is killing me"]
    assert [tags.danger for tags in tagger.tag([Document(text) for text in texts])] == [True, False, False]


def test_the_lowest_rated_link_gives_the_credibility(tagger: Tagger) -> None:
    urls = ("https://www.cdc.gov/flu", "http://www.naturalnews.com/x", "https://unknown.invalid/")
    rated, unrated, odd = tagger.tag(
        [Document("a", urls=urls), Document("b", urls=urls[2:]), Document("c", urls=("http://[broken",))]
    )
    assert rated.credibility == 0
    assert unrated.credibility is odd.credibility is None


def test_the_subject_is_one_of_five(tagger: Tagger) -> None:
    asked = {
        "Does anyone have tips or advice, where can I find help?": "information-seeking",
        "Wear sunscreen and get screened to prevent skin cancer": "prevention",
        "New drug approved, treatment starts with a low dose": "treatment",
        "A gene mutation causes the disorder": "cause",
        "My symptoms are back and I am in pain": "illness",
        "lovely weather": None,
    }
    tagged = tagger.tag([Document(text) for text in asked])
    assert {text: tags.subject for text, tags in zip(asked, tagged, strict=True)} == asked


# Each once came out otherwise in another process: weights that sum up to the gate's threshold, cues at the same words.
CLOSE = [
    "The 99 million study: it looked for known rare harms and found known rare harms. Myocarditis, GBS after "
    "adenovirus jabs, clots in the brain after AZ. No new bogeyman. It's how you want it to go.",
    "Study: Unvaccinated Children Significantly Less Likely to Be Diagnosed With Neurodevelopmental Disorders",
    "nigeria doctor cure my son autism with herb, i give him 5 star, contact Dr Osas, he also cure herpes & hpv",
    "Lithium level 0.8, thyroid fine, kidneys fine. Celebrating in the clinic car park with a Greggs.",
    "Stroke at 41. Left hand waking slowly. Typing with one finger so forgive typos",
]


def test_every_process_tags_alike() -> None:
    """A post that is tagged again after a restart must get the same tags, whatever the order of Python's sets."""
    code = (
        "import sys; from nlp.pipeline import Tagger; from nlp.tags import Document\n"
        "for tags in Tagger(careful=False).tag([Document(text) for text in sys.argv[1:]]): print(tags)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, *CLOSE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(said) == 1
