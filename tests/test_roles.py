"""Roles from names and bios: puns, relatives' professions, other fields' titles, abbreviations of two meanings."""

import pytest

from nlp.pipeline import Tagger
from nlp.tags import Document

BIOS = {
    "clinician": [
        ("Jane Doe, MD", "Coffee lover"),
        ("Jane", "Cardiologist in Leeds. Views my own."),
        ("Sam", "ICU nurse, mum of two"),
        ("Sam", "Retired surgeon and gardener"),
        ("Kim", "Internal medicine resident, budding gastroenterologist"),
        ("Kim", "Registered dietitian. I love hiking"),
    ],
    "researcher": [
        ("Ana", "Immunologist studying T cells"),
        ("Ana, PhD", "I study malaria parasites"),
        ("The Gut Lab", "Research group at a university, we study the microbiome"),
    ],
    "student": [
        ("Lee", "Medical student who runs"),
        ("Lee", "Student nurse, class of 2027"),
        ("Lee", "Future doctor"),
    ],
    "health-organisation": [
        ("St Anne's Hospital", "Caring for our community since 1920"),
        ("Society of Rhythm", "The American Society of Cardiology for clinicians"),
    ],
    "government-or-public-health": [
        ("Department of Health", "Official account of the Department of Health"),
        ("Jo", "County public health officer"),
    ],
    "patient-or-caregiver": [
        ("Pat", "Breast cancer survivor, cat lady"),
        ("Pat", "Living with lupus since 2009"),
        ("Pat", "Mum to a boy with cystic fibrosis"),
        ("Pat", "Diagnosed with type 1 diabetes at 11"),
    ],
    "advocate": [("Hope", "Patient advocate, raising awareness of sepsis"), ("Hope", "Charity supporting families")],
    "journalist-or-media": [("Max", "Health reporter at a daily newspaper"), ("Daily Echo", "Breaking news headlines")],
    "industry": [("Bo", "CEO of a biotech startup"), ("Bo", "Pharma sales rep. Golf.")],
    "spam-or-bot": [("deals", "Get real followers fast"), ("rt", "I am a bot that retweets #flu")],
    "other": [
        ("Ann", "Proud wife of a surgeon, mother of three"),
        ("Ann", "My husband is a nurse. I bake."),
        ("Bob", "Spin doctor. Tree surgeon on weekends"),
        ("Bob", "Doctor Who fan"),
        ("Bob", "Love doctor ❤"),
        ("Cat", "Not a doctor"),
        ("Cat", "Baltimore, MD"),
        ("Cat", "so tired rn"),
        ("Dan", "Professor of English literature"),
        ("Dan", "Golden State Warriors"),
        ("Eve", "Be patient with me"),
        ("Eve", "Former nurse, now I paint"),
        ("Eve", ""),
    ],
}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


@pytest.mark.parametrize(("role", "name", "bio"), [(role, *bio) for role, bios in BIOS.items() for bio in bios])
def test_a_role_is_what_the_bio_says(tagger: Tagger, role: str, name: str, bio: str) -> None:
    [tags] = tagger.tag([Document("hello", name=name, bio=bio)])
    assert tags.role == role


def test_patients_are_not_told_on_x_unless_switched_on(tagger: Tagger) -> None:
    document = Document("hello", name="Pat", bio="Breast cancer survivor", platform="x")
    assert tagger.tag([document])[0].role == "other"
    assert Tagger(careful=False, patients_on_x=True).tag([document])[0].role == "patient-or-caregiver"


def test_without_name_and_bio_the_role_is_other(tagger: Tagger) -> None:
    assert tagger.tag([Document("I am a nurse")])[0].role == "other"
