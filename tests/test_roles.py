"""Roles from names and bios: puns, relatives' professions, other fields' titles, abbreviations of two meanings."""

import pytest

from nlp.pipeline import Tagger
from nlp.tags import Document

BIOS = {
    "clinician": [
        ("Tom", "Paeds reg in London"),
        ("", "Anaesthetics trainee, mountain biker"),
        ("", "Cardiac surgeon and husband of a teacher"),
        ("María", "Enfermera de UCI. Madre"),
        ("", "Palliative care nurse and a chaplain's wife"),
        ("", "𝗡𝘂𝗿𝘀𝗲 and gardener"),
        ("", "Nᴜʀꜱᴇ ᴀɴᴅ ᴍᴏᴍ"),
        ("Ravi MBBS", "Cricket tragic"),
        ("", "Nurse at a hospital for sick kids"),
        ("Jane Doe, MD", "Coffee lover"),
        ("Jane", "Cardiologist in Leeds. Views my own."),
        ("Sam", "ICU nurse, mum of two"),
        ("Sam", "Retired surgeon and gardener"),
        ("Kim", "Internal medicine resident, budding gastroenterologist"),
        ("Kim", "Registered dietitian. I love hiking"),
        ("", "Wife, mom, nurse"),
        ("", "Gastro doc and amateur potter"),
        ("Ana", "Ginecóloga y obstetra. Amante del mar"),
        ("", "Pflegefachkraft auf der Intensivstation"),
        ("", "Infectious diseases physician and scientist"),
        ("", "Diyetisyen, anne"),
        ("", "RN = registered nurse, not the navy. Night shifts"),
    ],
    "researcher": [
        ("PatelLab", "Curious about membranes"),
        ("", "Climate scientist and birdwatcher"),
        ("", "Reader in epidemiology, data and dogs"),
        ("Centre for Ageing Research", "We study how people grow old"),
        ("Ana", "Immunologist studying T cells"),
        ("Ana, PhD", "I study malaria parasites"),
        ("The Gut Lab", "Research group at a university, we study the microbiome"),
        ("", "Senior lecturer. Research on trust and fairness"),
        ("", "Centre for Coeliac Research"),
        ("Ines Roe MD", "My lab studies how nerves regrow"),
    ],
    "student": [
        ("Zoe", "MBBS student | aspiring neurosurgeon"),
        ("Ola", "PhD student in epidemiology, cyclist"),
        ("", "PharmD candidate"),
        ("", "Nursing major, dog mom"),
        ("Lee", "Medical student who runs"),
        ("Lee", "Student nurse, class of 2027"),
        ("Lee", "Future doctor"),
        ("Jo", "#RD2be who bakes"),
        ("", "Estudio enfermería en Sevilla"),
        ("", "SLP grad student, tea drinker"),
        ("", "Pre-PA student, class of 2026"),
    ],
    "health-organisation": [
        ("", "College of Nursing for nurses everywhere"),
        ("Sunrise Hospice", "Care with dignity"),
        ("", "The peer-reviewed journal of clinical nursing research"),
        ("Hill Blood Bank", "Give blood"),
        ("St Anne's Hospital", "Caring for our community since 1920"),
        ("Society of Rhythm", "The American Society of Cardiology for clinicians"),
        ("", "Communications manager at a children's hospital"),
        ("", "Providing compassionate, personalized healthcare to our neighbours"),
        ("Lakeview Hospital", "News and classes"),
        ("", "Sociedad Española de Hematología"),
    ],
    "government-or-public-health": [
        ("Sen. Ann Moe", "US Senator"),
        ("", "Epidemiologist at the state health department"),
        ("", "Millpond Mosquito Abatement District"),
        ("Lakeside County Health", "Protecting the health of county residents"),
        ("Department of Health", "Official account of the Department of Health"),
        ("Jo", "County public health officer"),
        ("", "Official account of the national Centre for Disease Control"),
        ("", "UNHCR spokesperson, runner"),
        ("", "Diplomat at an embassy in Lima"),
        ("", "Dinas Kesehatan kota"),
        ("", "The national regulator of blood and tissues"),
    ],
    "patient-or-caregiver": [
        ("", "Mama to a heart warrior"),
        ("", "I have MS. MS does not have me."),
        ("", "Stage 4 breast cancer and still dancing"),
        ("", "My daughter has cystic fibrosis. I blog about it"),
        ("", "Wheelchair user, foodie, cat mum"),
        ("Pat", "Breast cancer survivor, cat lady"),
        ("Pat", "Living with lupus since 2009"),
        ("Pat", "Mum to a boy with cystic fibrosis"),
        ("Pat", "Diagnosed with type 1 diabetes at 11"),
        ("", "Celíaca desde 2010, viajera"),
        ("", "Lost my daughter to leukemia"),
        ("", "Madre de un niño celíaco"),
    ],
    "advocate": [
        ("", "Fighting stigma around mental illness. Speaker and activist"),
        ("", "Enhancing the quality of life for people with bleeding disorders"),
        ("Walk4Kids", "Annual charity walk for childhood cancer"),
        ("", "Coeliac awareness advocate, hockey fan"),
        ("Hope", "Patient advocate, raising awareness of sepsis"),
        ("Hope", "Charity supporting families"),
        ("", "Woman of the Year candidate, raising money to end blood cancer"),
        ("", "Asociación de pacientes con hemofilia"),
    ],
    "journalist-or-media": [
        ("", "Medical correspondent for @ITVNews"),
        ("", "Contributor @guardian"),
        ("", "News and analysis on drug prices. Subscribe to our newsletter"),
        ("", "Producer, evening news"),
        ("Max", "Health reporter at a daily newspaper"),
        ("Daily Echo", "Breaking news headlines"),
        ("", "Reportera de televisión"),
        ("", "Bylines in the Guardian"),
        ("", "TV anchor and dog walker"),
        ("", "Ex-GP, now health editor of a weekly paper"),
    ],
    "industry": [
        ("", "Medical device sales"),
        ("", "Biotech investor, long and short"),
        ("NovaGen Therapeutics", "Developing gene therapies for rare disease"),
        ("", "Makes and supplies effective traps against mosquitoes"),
        ("Bo", "CEO of a biotech startup"),
        ("Bo", "Pharma sales rep. Golf."),
        ("", "Online store of vitamins and supplements"),
        ("", "Healthcare marketer, yoga fan"),
        ("", "Biobank providing biospecimens to drug makers"),
    ],
    "spam-or-bot": [
        ("", "Herbal cure for herpes and HIV. WhatsApp Dr Ojo"),
        ("", "Lose 9 kilos in 7 days! Order now, half price"),
        ("", "I automatically repost every post about gout"),
        ("", "Earn money online from home"),
        ("", "I retweet everything #flu"),
        ("deals", "Get real followers fast"),
        ("rt", "I am a bot that retweets #flu"),
        ("", "Win a house for two pounds, enter now"),
        ("", "Independent doTERRA wellness consultant"),
        ("", "Juice Plus distributor"),
        ("", "Free betting tips every day"),
    ],
    "other": [
        ("", "Computer doctor. We fix laptops"),
        ("", "Daughter of two doctors"),
        ("", "MD of a marketing firm"),
        ("", "MD, Acme Steel Ltd"),
        ("", "Professor of economics"),
        ("", "Doctor of Musical Arts, organist"),
        ("", "Cancer sun, leo moon"),
        ("", "Texas transplant"),
        ("", "Survivor superfan and trivia nerd"),
        ("", "RN = Right Now"),
        ("", "Let us praise the L-RD"),
        ("", "Scrum master, MS Office wizard"),
        ("", "Nurse shark enthusiast"),
        ("", "Mayor of Fantasyland"),
        ("", "Ex-nurse turned potter"),
        ("", "Nursing a coffee since 1985"),
        ("", "Ask your doctor. Just a mom"),
        ("", "Grad student in philosophy"),
        ("", "News junkie, believer"),
        ("", "Lab rescue mom"),
        ("", "Data scientist at a bank"),
        ("", "Wine therapist"),
        ("", "Married to a paramedic"),
        ("", "Doc Martens and vinyl"),
        ("", "I am not a robot"),
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
        ("", "Member of Parliament for a small town"),
        ("", "Gluten free bakery and cafe"),
        ("", "Devil's advocate"),
        ("", "RN = Roving Naturalist. Moths by night"),
        ("EMT", "EMT (Eager Model Trains). Steam and paint"),
        ("", "The Shoe Doctor. Heels and soles while you wait"),
        ("", "Certified health coach, blogger"),
    ],
}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(careful=False)


@pytest.mark.parametrize(("role", "name", "bio"), [(role, *bio) for role, bios in BIOS.items() for bio in bios])
def test_a_role_is_what_the_bio_says(tagger: Tagger, role: str, name: str, bio: str) -> None:
    [tags] = tagger.tag([Document("hello", name=name, bio=bio, platform="bluesky")])
    assert tags.role == role


@pytest.mark.parametrize("platform", ["x", None])
def test_patients_are_not_told_on_x_unless_switched_on(tagger: Tagger, platform: str | None) -> None:
    document = Document("hello", name="Pat", bio="Breast cancer survivor", platform=platform)
    assert tagger.tag([document])[0].role == "other"
    assert Tagger(careful=False, patients_on_x=True).tag([document])[0].role == "patient-or-caregiver"


def test_without_name_and_bio_the_role_is_other(tagger: Tagger) -> None:
    assert tagger.tag([Document("I am a nurse")])[0].role == "other"
