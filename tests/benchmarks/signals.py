"""How far signals can be trusted: precision, recall and F1 of `signal` on labelled posts that nothing was made from.

    python tests/benchmarks/signals.py [--data ../shared/data] [--no-careful]

Prints, with 95 % intervals (bootstrap over posts): real posts of the part `test` (kept apart by author), all and those
without `unsure`, and posts of other public sets about vaccines and COVID (`test-vaccines`); sixteen sets of hard
sentences, the latter fifteen by hands that saw nothing of the project (unseen by those who made training, phrases and
thresholds since are the twelfth, the thirteenth, which are posts as of a stream and no pairs, the short ones, the plain
ones, which are flat truths and their false twins, and those of irony); all of these in other forms that change nothing
of what is said; the simulated week; stance; families; known claims named; debunks flagged; calibration; the known
claims stated flatly (which are learnt from); what reaches the careful reader; and two public validation sets.
"""

import argparse
import csv
import gzip
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from nlp.careful import CONCERNS as CONCERN_FAMILIES
from nlp.careful import UNLISTED
from nlp.labelled import CONCERNS, HEARD_ALONE, STANCES, labelled_texts, labels, sentences
from nlp.pipeline import Tagger
from nlp.reader import CarefulReader
from nlp.tags import Document, Tags

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BATCH = 500
HARD = (
    "hard", "fresh", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
    "thirteenth", "short", "plain", "irony",
)  # fmt: skip
FORMS: dict[str, Callable[[str], str]] = {
    "as they were written": str,
    "no mark at the end": lambda text: text.rstrip(".!"),
    "!!! at the end": lambda text: text.rstrip(".!") + "!!!",
    "an emoji at the end": lambda text: text + " \N{WHITE RIGHT POINTING BACKHAND INDEX}",
    "hashtags at the end": lambda text: text + " #publichealth #medtwitter",
    "no commas, no apostrophes": lambda text: text.replace(",", "").replace("'", ""),
    "a start that says nothing": lambda text: "Heads up: " + text,
}


class Judged(NamedTuple):
    """A labelled text with what the tagger says of it."""

    signal: bool
    stance: str
    family: str
    sure: bool
    tags: Tags

    @property
    def stance_said(self) -> str:
        """The stance of the claim with the highest score; none where no claim is in play."""
        claims = sorted(self.tags.claims, key=lambda claim: (claim.stance != "promotes", -claim.score))
        return claims[0].stance if claims else "none"


def tag_all(tagger: Tagger, texts: Sequence[str]) -> list[Tags]:
    """Tag texts in batches."""
    return [
        tags for n in range(0, len(texts), BATCH) for tags in tagger.tag([Document(t) for t in texts[n : n + BATCH]])
    ]


def judged(tagger: Tagger, rows: Sequence[dict[str, str]], texts: Sequence[str]) -> list[Judged]:
    """Give labels and tags side by side."""
    tagged = tag_all(tagger, texts)
    return [
        Judged(
            str(row["signal"]) in ("1", "True"), row["stance"], row["family"], str(row.get("unsure", "0")) == "0", tags
        )
        for row, tags in zip(rows, tagged, strict=True)
    ]


def real(tagger: Tagger, data: Path, part: str) -> list[Judged]:
    """Give the labelled real posts of a part."""
    texts = labelled_texts(data)
    rows = [row for row in labels() if row["part"] == part and row["id"] in texts]
    return judged(tagger, rows, [texts[row["id"]] for row in rows])


def hard_rows(name: str) -> list[dict[str, str]]:
    """Give a set of hard sentences: minimal pairs, written apart from all that the tagger was made from."""
    return [json.loads(line) for line in (HERE / f"{name}_sentences.jsonl").read_text(encoding="utf-8").splitlines()]


def hard(tagger: Tagger, name: str) -> list[Judged]:
    """Give labels and tags of a set of hard sentences."""
    rows = hard_rows(name)
    return judged(tagger, rows, [row["text"] for row in rows])


def forms(tagger: Tagger) -> None:
    """Print how signals fare where the hard sentences have another form, which tells nothing of the stance."""
    rows = [row for name in HARD for row in hard_rows(name)]
    for name, form in FORMS.items():
        found = judged(tagger, rows, [form(row["text"]) for row in rows])
        flagged = [one.tags.signal for one in found if one.stance == "debunks"]
        values = "P {:.2f} R {:.2f} F1 {:.2f}".format(*f1((one.signal, one.tags.signal) for one in found))
        print(f"  {name:<28} {values}, debunks flagged {sum(flagged)} of {len(flagged)}")


def simulated(tagger: Tagger) -> list[Judged]:
    """Give the posts, replies and quotes of the simulated week: conversations, from which nothing was fitted, though
    the hands that wrote sentences for training were shown half a dozen of them as what was heard wrongly.
    """
    rows = []
    for path in sorted((ROOT / "listeners" / "simulated").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [row for row in csv.DictReader(file) if row.get("stance") and row.get("text")]
    for row in rows:
        row["signal"] = str(int(row["stance"] == "promotes" and row["family"] not in CONCERN_FAMILIES))
    return judged(tagger, rows, [row["text"] for row in rows])


def f1(pairs: Iterable[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Give precision, recall and F1 of (label, said)."""
    counts = Counter(pairs)
    right, wrong, missed = counts[True, True], counts[False, True], counts[True, False]
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return precision, recall, 2 * right / max(1, 2 * right + wrong + missed)


def interval(pairs: Sequence[tuple[bool, bool]], which: int) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of one of precision, recall and F1."""
    rng = random.Random(1)
    drawn = sorted(f1(rng.choices(pairs, k=len(pairs)))[which] for _ in range(400))
    return drawn[10], drawn[389]


def print_signal(name: str, found: Sequence[Judged]) -> None:
    """Print precision, recall and F1 with their intervals."""
    pairs = [(one.signal, one.tags.signal) for one in found]
    values = [f"{value:.2f} [{low:.2f}-{high:.2f}]" for n, value in enumerate(f1(pairs))
              for low, high in [interval(pairs, n)]]  # fmt: skip
    size = f"n={len(found):<5} signals={sum(one.signal for one in found):<4}"
    print(f"{name:<34} {size} P {values[0]}  R {values[1]}  F1 {values[2]}")


def print_stances(found: Sequence[Judged]) -> None:
    """Print the confusion of stances: rows are labels."""
    names = ("promotes", "debunks", "questions", "reports", "none")
    counts = Counter((one.stance, one.stance_said) for one in found)
    print("label / said" + "".join(f"{name:>11}" for name in names))
    for label in names:
        print(f"{label:<12}" + "".join(f"{counts[label, name]:>11}" for name in names))
    debunks = [one for one in found if one.stance == "debunks"]
    print(f"debunks flagged as signals: {sum(one.tags.signal for one in debunks)} of {len(debunks)}")
    heard = [one for one in found if one.stance_said == "debunks"]
    print(f"heard as debunks: {len(heard)}, of which {sum(one.stance == 'debunks' for one in heard)} are")


def print_families(found: Sequence[Judged]) -> None:
    """Print recall by family."""
    for family, number in Counter(one.family for one in found if one.signal).most_common():
        caught = sum(one.tags.signal for one in found if one.signal and one.family == family)
        named = sum(one.tags.signal and any(c.family == family and c.stance == "promotes" for c in one.tags.claims)
                    for one in found if one.signal and one.family == family)  # fmt: skip
        print(f"  {family:<28} {caught}/{number} caught, {named} under this family")


def print_calibration(found: Sequence[Judged]) -> None:
    """Print how often posts of a score are signals."""
    for low in (0.0, 0.1, 0.2, 0.4, 0.6, 0.8):
        high = {0.0: 0.1, 0.1: 0.2}.get(low, low + 0.2)
        here = [one for one in found if low <= one.tags.score < high or (high == 1.0 and one.tags.score == 1.0)]
        if here:
            mean = sum(one.tags.score for one in here) / len(here)
            share = sum(one.signal for one in here) / len(here)
            print(f"  score {low:.1f}-{high:.1f}: {len(here):>5} posts, mean score {mean:.2f}, signals {share:.2f}")


NAMED_OF = {"promotes": {"falsifiable"}, "debunks": {"falsifiable", "concern"}}
"""Of which kinds the claims count that a text takes a stance on: a signal promotes false ones."""


def named(tagger: Tagger, found: dict[str, list[Judged]]) -> None:
    """Print how often a signal names the known claim that it tells, and a debunk that is heard the one that it answers,
    of sentences whose claims are labelled.

    `claims` holds what either of two readers named; of the set `unlisted`, whose claims are on no list, it is empty.
    """
    known = {claim.id: claim.kind for claim in tagger.claims}
    labelled = [
        (row, one)
        for name, ones in found.items()
        for row, one in zip(hard_rows(name), ones, strict=True)
        if row.get("claims") and (one.tags.signal if row["stance"] == "promotes" else one.stance_said == row["stance"])
    ]
    for stance, kinds in NAMED_OF.items():
        pairs = [(set(row["claims"]), listed_claims(one, stance)) for row, one in labelled if row["stance"] == stance]
        posts = Counter("right" if told & said else "another" if said else "none" for told, said in pairs)
        right, claims = sum(len(told & said) for told, said in pairs), sum(len(said) for _, said in pairs)
        all_told = sum(known[claim_id] in kinds for told, _ in pairs for claim_id in told)
        print(f"  {stance}: {len(pairs)} of known claims: {posts['right']} named rightly, {posts['another']} as"
              f" another, {posts['none']} as none")  # fmt: skip
        print(f"    {claims} claims named in them, {right} rightly; of {all_told} that they tell")
    new = [one for one in hard(tagger, "unlisted") if one.tags.signal]
    print(
        f"  {len(new)} of claims on no list: {sum(bool(listed_claims(one, 'promotes')) for one in new)} named as known"
    )


def listed_claims(one: Judged, stance: str) -> set[str]:
    """Give the known claims that a text takes a stance on by its tags."""
    taken = {c.claim_id for c in one.tags.claims if c.stance == stance and c.kind in NAMED_OF[stance]}
    return {claim_id for claim_id in taken if not claim_id.endswith(UNLISTED)}


def gate(tagger: Tagger) -> None:
    """Print which share of unseen sentences reaches the careful reader, by stance."""
    examples = sentences("fit")
    tagged = tag_all(tagger, [example.text for example in examples])
    for number, stance in enumerate(STANCES):
        passed = [t.candidate for t, example in zip(tagged, examples, strict=True) if example.stance == number]
        print(f"  {stance:<12} {sum(passed):>4} of {len(passed)}")


def stated(tagger: Tagger) -> None:
    """Print how many false claims are signals where a post states them flatly and says nothing else."""
    tagged = tag_all(tagger, [claim.statement for claim in tagger.claims if claim.kind == "falsifiable"])
    print(f"  {sum(tags.signal for tags in tagged)} of {len(tagged)}")


def public_sets(tagger: Tagger, data: Path) -> None:
    """Print anti-vaccine against the rest on a public set, without the posts of it that the reader learnt from."""
    labelled = {row["id"] for row in labels()}
    with gzip.open(data / "labelled" / "vaccine_stance_dev.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] not in labelled]
    tagged = tag_all(tagger, [row["text"] for row in rows])
    against = [any(c.stance == "promotes" and c.family.startswith("vaccine") for c in tags.claims) for tags in tagged]
    pairs = [(row["stance"] == "anti", said) for row, said in zip(rows, against, strict=True)]
    print("anti-vaccine against rest (vaccine_stance_dev): P {:.2f} R {:.2f} F1 {:.2f}".format(*f1(pairs)))
    sure = [pair for row, pair in zip(rows, pairs, strict=True) if float(row["agreement"]) > 0.5]
    print("  of which most annotators agreed:              P {:.2f} R {:.2f} F1 {:.2f}".format(*f1(sure)))


HEARD_AT = 0.3  # the best of .15 to .5 on every second post; the other half alone is printed too


def concerns(tagger: Tagger, data: Path) -> None:
    """Print F1 of each concern about COVID vaccines, by the reader's themes and by the families given."""
    with gzip.open(data / "labelled" / "vaccine_concerns_val.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    marked = [set(row["labels"].split()) for row in rows]
    readings = CarefulReader().read([row["text"] for row in rows])
    heard = [
        {c for c, theme in CONCERNS.items() if reading.themes[theme] >= HEARD_AT} or {"none"} for reading in readings
    ]
    tagged = tag_all(tagger, [row["text"] for row in rows])
    told = [{c.claim_id if c.claim_id in HEARD_ALONE else c.family for c in t.claims} for t in tagged]
    given = [{c for c, theme in CONCERNS.items() if theme in themes} for themes in told]
    scores = {}
    for concern in (*CONCERNS, "none"):
        by_theme, by_family = (
            f1((concern in label, concern in said) for label, said in zip(marked, found, strict=True))[2]
            for found in (heard, [said or {"none"} for said in given])
        )
        scores[concern] = (by_theme, by_family)
        print(f"  {concern:<14} {sum(concern in label for label in marked):>4} posts  F1 {by_theme:.2f} of themes"
              f"  {by_family:.2f} of families given")  # fmt: skip
    for name, step in (("all posts", slice(None)), ("the half that set no threshold", slice(0, None, 2))):
        macro = [
            f1((concern in label, concern in said) for label, said in zip(marked[step], heard[step], strict=True))[2]
            for concern in scores
        ]
        print(f"  macro-F1 of the reader's themes, {len(scores)} classes, {name}: {sum(macro) / len(macro):.3f}")
    print(f"  macro-F1 of families given, all posts: {sum(each for _, each in scores.values()) / len(scores):.3f}")
    print(f"  posts that are given a vaccine claim: {sum(bool(said) for said in given)} of {len(given)}")


def run(name: str, what: Callable[[], None]) -> None:
    """Print a headed part."""
    print(f"\n{name}")
    what()


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--no-careful", action="store_true", help="the rules alone")
    said = parser.parse_args()
    tagger = Tagger(careful=not said.no_careful)
    print(f"rules {tagger.rules}, model {tagger.model}")
    written = {name: hard(tagger, name) for name in HARD}
    for name, found in written.items():
        print_signal(f"{name} sentences", found)
    truths, false = ([one.tags.signal for one in written["plain"] if one.signal is value] for value in (False, True))
    print(f"plain truths that are signals: {sum(truths)} of {len(truths)}; false twins: {sum(false)} of {len(false)}")
    week = simulated(tagger)
    print_signal("simulated week", week)
    run("claims named in signals and debunks among the hard sentences", lambda: named(tagger, written))
    run("sentences kept from training that reach the careful reader", lambda: gate(tagger))
    run("the claims' own statements that are signals", lambda: stated(tagger))
    run("stances in the simulated week", lambda: print_stances(week))
    for name, found in written.items():
        run(f"stances on {name} sentences", partial(print_stances, found))
    run("hard sentences, all sets, in other forms", lambda: forms(tagger))
    if not said.data.is_dir():
        print(f"skipped: real posts and public sets need {said.data}")
        return
    posts = real(tagger, said.data, "test")
    print_signal("real posts, test part", posts)
    print_signal("  of which no reader was unsure", [one for one in posts if one.sure])
    vaccines = real(tagger, said.data, "test-vaccines")
    print_signal("posts about vaccines and COVID", vaccines)
    print_signal("  of which no reader was unsure", [one for one in vaccines if one.sure])
    run("stances on real posts", lambda: print_stances(posts))
    run("stances on posts about vaccines and COVID", lambda: print_stances(vaccines))
    run("families of real signals", lambda: print_families(posts))
    run("calibration on real posts", lambda: print_calibration(posts))
    run("concerns about vaccines (vaccine_concerns_val)", lambda: concerns(tagger, said.data))
    run("anti-vaccine against rest", lambda: public_sets(tagger, said.data))


if __name__ == "__main__":
    main()
