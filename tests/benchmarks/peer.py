"""The same posts from the same Kafka through the same tagger into DuckDB, by Auscult and by Bytewax, side by side.

    python -m venv peer && peer/bin/pip install "bytewax[kafka]==0.21.1" bytewax-duckdb==0.1.22
    python tests/benchmarks/peer.py --peer peer/bin/python [--posts 60000] [--data ../shared/data]

Bytewax with its own Kafka source and its own DuckDB sink, wired as their documentation does it (`peer_bytewax.py` says
what that job leaves out); it stays out of our environment, since its sink asks for an old duckdb. Real Kafka, or the
embedded broker where Java is missing. Without `--peer` this says so and ends.
"""

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from real_posts import DATA, messages
from throughput import Rate, fill, running, whole_way

sys.path.insert(0, str(Path(__file__).parents[1]))

from brokers import why_no_apache

from listeners.stream import Connection, create_topics

ROOT = Path(__file__).parents[2]
DATAFLOW = Path(__file__).with_name("peer_bytewax.py")


def main() -> None:
    """Measure both and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="the Python of an environment with bytewax[kafka] and bytewax-duckdb")
    parser.add_argument("--posts", type=int, default=60_000)
    parser.add_argument("--data", type=Path, default=DATA)
    chosen = parser.parse_args()
    if reason := why_no_peer(chosen.peer):
        print(f"skipped: {reason}")
        return
    kind = "embedded" if why_no_apache() else "apache"
    sent = messages(chosen.data, chosen.posts)
    ours = [whole_way(kind, sent, taggers) for taggers in (1, 2)]
    theirs = bytewax(kind, sent, chosen.peer)
    print(f"{chosen.posts:,} posts from {kind} Kafka; CPU: seconds for a thousand posts")
    for label, rate in (("Auscult, 1 tagger", ours[0]), ("Auscult, 2 taggers", ours[1]), ("Bytewax", theirs)):
        cpu = "  ".join(f"{name} {spent:.2f}" for name, spent in sorted(rate.cpu.items()) if spent >= 0.005)
        print(f"{label:<20}{rate.posts_per_second:>9,.0f} posts/s   {cpu}")


def why_no_peer(python: Path | None) -> str | None:
    """Say why the peer cannot run; None if it can."""
    if python is None:
        return "no --peer: see this file's first lines for how to install Bytewax"
    if not python.exists():
        return f"there is no {python}"
    tried = subprocess.run([python, "-c", "import bytewax.duckdb, confluent_kafka"], capture_output=True, text=True)
    return tried.stderr.strip().splitlines()[-1] if tried.returncode else None


def bytewax(kind: str, sent: list[tuple[bytes, bytes]], python: Path) -> Rate:
    """Measure the dataflow from its first message to its last row."""
    with tempfile.TemporaryDirectory() as folder, running(kind, Path(folder) / "broker") as bootstrap:
        stream = Connection(bootstrap, "peer")
        create_topics(stream, 7)
        fill(stream, sent)
        command = [str(python), str(DATAFLOW), bootstrap, "peer.posts", str(Path(folder) / "peer.duckdb")]
        command += [str(ROOT), sysconfig.get_path("purelib")]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if ran.returncode:
        raise SystemExit(f"Bytewax failed: {ran.stderr.strip().splitlines()[-1]}")
    said = json.loads(ran.stdout.splitlines()[-1])
    if said["posts"] != len(sent):
        raise SystemExit(f"Bytewax stored {said['posts']} of {len(sent)} posts")
    return Rate(said["posts"] / said["seconds"], {"dataflow": said["cpu"] / said["posts"] * 1000})


if __name__ == "__main__":
    main()
