"""Kill at random, at least 50 times in one run, and compare what stands in the end with what was sent.

    python tests/benchmarks/chaos.py [--kills 60] [--posts 20000] [--seed 1] [--minutes 30]

A listener sends posts, a tenth of the messages twice, edits, counts and deletions out of order, 1 % malformed; two
taggers, a reader, the owner (who loads and publishes) and the broker carry them, and `kill -9` takes one of the six at
a time, at random moments, also while it starts. In the end every valid post stands once in its last state, every
malformed message among the dead letters, or this exits with 1 and says what does not.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aftermath import wrongs
from chaos_run import Accident, plan
from homes import auscult, end_owner


def main() -> None:
    """Run and print; exit 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="give up after so long")
    parser.add_argument("--data", type=Path, help="not read: what is sent is made up")
    parser.add_argument("--home", type=Path, help="a folder to keep what came of it; without one it is thrown away")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(chosen.home or Path(folder) / "home", chosen)
    sys.exit(1 if found else 0)


def run(home: Path, chosen: argparse.Namespace) -> list[str]:
    """Run the accidents, print what came of them, and give what is wrong."""
    started, planned = time.monotonic(), plan(chosen.seed, chosen.posts)
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}.log"
    accident = Accident(home, chosen.seed, chosen.posts, chosen.kills * 3.5, log)
    try:
        accident.run(chosen.kills, chosen.minutes * 60)
        found = wrongs(home, planned.outcome)
        found += [line for line in auscult(home, "check").stdout.splitlines() if line != "every check holds"]
    finally:
        accident.end()
        end_owner(home)
    due, malformed = planned.outcome, len(planned.outcome.rejected_events) + len(planned.outcome.rejected_bytes)
    print(
        f"{accident.kills.total()} kills in {time.monotonic() - started:.0f} s: {dict(sorted(accident.kills.items()))}"
    )
    print(f"{len(planned.sent):,} messages: {len(due.posts):,} posts, {len(due.gone):,} deleted, {malformed} malformed")
    print("\n".join(found[:50]) or "every post once in its last state, everything malformed in dead_letters")
    return found


if __name__ == "__main__":
    main()
