"""What the tagger says of a whole archive: how many signals, by claim and by stance; and two draws for readers.

    python tests/benchmarks/archive_signals.py [--data ../shared/data] [--posts 0] [--draw FOLDER] [--seed 1]

Tags every post of `hashtag_posts_2014` once, as an import does, and prints counts by stance and by claim, with copies
and without. `--draw` writes to FOLDER, outside of the project, a random hundred of the signals (`signals.txt`) and a
random hundred of what was nearly one (`near.txt`: read carefully, scored from 0.1 to the threshold), each a different
text, without scores: readers who did not build the tagger label them, and `--judged FOLDER` then prints what share of
either they call signals, from their files `signals.*.csv` and `near.*.csv` (lines `number,0 or 1`), their kappa, and
the share by score and of those that are signals still.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path

from real_posts import DATA, events

from nlp.pipeline import Tagger
from nlp.reader import prepared
from nlp.tags import Document, Tags

BATCH = 1000
DRAWN = 100
NEARLY = 0.1
ALL = 10**9


def tagged(tagger: Tagger, texts: Iterator[str]) -> Iterator[tuple[str, Tags]]:
    """Give each text with its tags."""
    while batch := list(islice(texts, BATCH)):
        yield from zip(batch, tagger.tag([Document(text) for text in batch]), strict=True)


def draw(found: Sequence[str], path: Path, rng: random.Random) -> None:
    """Write a random hundred different texts, numbered."""
    different = sorted({prepared(text): text for text in found}.values())
    chosen = rng.sample(different, min(DRAWN, len(different)))
    path.write_text("".join(f"{n}| {' '.join(text.split())}\n" for n, text in enumerate(chosen, 1)), encoding="utf-8")


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Give Cohen's kappa of two readers."""
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    yes = (sum(first) / len(first), sum(second) / len(second))
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def judged(folder: Path) -> None:
    """Print what readers said of the draws."""
    for name in ("signals", "near"):
        readers = []
        for path in sorted(folder.glob(f"{name}.*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                labels = {int(row[0]): row[1] == "1" for row in csv.reader(file) if row}
            readers.append([labels[number] for number in sorted(labels)])
            print(f"{name}: {path.name} calls {sum(readers[-1])} of {len(readers[-1])} signals")
        for first, second in combinations(readers, 2):
            both = sum(a and b for a, b in zip(first, second, strict=True))
            either = sum(a or b for a, b in zip(first, second, strict=True))
            print(f"{name}: both {both}, either {either}, kappa {kappa(first, second):.2f}")
        if name == "signals":
            by_score(folder / "signals.txt", readers)


def by_score(drawn: Path, readers: Sequence[Sequence[bool]]) -> None:
    """Print what share of the drawn signals readers call signals, by what they score now.

    Those drawn when the threshold was lower, or of another reader, may be signals no more.
    """
    texts = [line.split("| ", 1)[1] for line in drawn.read_text(encoding="utf-8").splitlines()]
    tagged_now = Tagger().tag([Document(text) for text in texts])
    bands = {
        "are signals now": [tags.signal for tags in tagged_now],
        "score below .50": [tags.score < 0.5 for tags in tagged_now],
        "score from .50 on": [tags.score >= 0.5 for tags in tagged_now],
    }
    for band, inside in bands.items():
        said = [call for calls in readers for call, counts in zip(calls, inside, strict=True) if counts]
        print(f"signals: of {sum(inside)} that {band}, {sum(said) / max(1, len(said)):.0%} are called signals")


def main() -> None:
    """Tag and print, or print what readers said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--posts", type=int, default=0, help="only so many; 0: all")
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    if said.judged:
        judged(said.judged)
        return
    texts = (event.post.text or "" for event in events(said.data, said.posts or ALL))
    stances: Counter[str] = Counter()
    claims: Counter[str] = Counter()
    signals, near, posts, read = [], [], 0, 0
    for text, tags in tagged(Tagger(), texts):
        posts += 1
        read += tags.candidate
        stances.update({claim.stance for claim in tags.claims})
        if tags.signal:
            signals.append(text)
            claims.update(claim.claim_id for claim in tags.claims if claim.stance == "promotes")
        elif tags.candidate and tags.score >= NEARLY:
            near.append(text)
    print(f"{posts:,} posts, {read:,} read carefully ({read / posts:.1%})")
    print(
        f"{len(signals):,} signals, {len({prepared(text) for text in signals}):,} different texts; {len(near):,} nearly"
    )
    print("posts with a claim of this stance: " + ", ".join(f"{s} {n:,}" for s, n in stances.most_common()))
    for claim, count in claims.most_common(40):
        print(f"  {count:>5}  {claim}")
    if said.draw:
        said.draw.mkdir(parents=True, exist_ok=True)
        rng = random.Random(said.seed)
        draw(signals, said.draw / "signals.txt", rng)
        draw(near, said.draw / "near.txt", rng)


if __name__ == "__main__":
    main()
