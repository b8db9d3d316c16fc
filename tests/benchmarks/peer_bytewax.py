"""The same job as a Bytewax dataflow: from a topic through our tagger into DuckDB, the way its documentation does it.

Run by `peer.py` in an environment with Bytewax: `python peer_bytewax.py BOOTSTRAP TOPIC FILE PATH…`; the paths are
where our packages and theirs are found. One table of posts with their tags, appended in batches of the sink's own size.
What our loader does besides (merging by identity, offsets in the transaction, the vault, counts, topics and claims as
rows of their own) it does not do. Prints one line of JSON: posts, seconds from the first message to the last row.
"""

import json
import sys
import time
from datetime import UTC, datetime

import bytewax.duckdb.operators as duckdb_operators
import bytewax.operators as op
import duckdb
from bytewax.connectors.kafka import KafkaSourceMessage
from bytewax.connectors.kafka import operators as kafka_operators
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

bootstrap, topic, file, *paths = sys.argv[1:]
sys.path += paths

import msgspec  # noqa: E402  # found by the paths above

from flows.tagging import tag_messages  # noqa: E402
from listeners.stream import Message  # noqa: E402
from nlp.pipeline import Tagger  # noqa: E402

TABLE = """create table if not exists posts (
    platform varchar, post_id varchar, created_at varchar, text varchar, language varchar, author varchar,
    signal boolean, score double, role varchar, topics varchar, claims varchar, rules varchar, model varchar)"""
Row = tuple[str, dict[str, object]]
started: list[tuple[float, float]] = []
tagger = Tagger(careful=False)


def tagged(batch: list[KafkaSourceMessage]) -> list[Row]:
    """Tag a batch of messages, and give a row for each post."""
    if not started:
        started.append((time.perf_counter(), time.process_time()))
    messages = [Message("posts", m.partition, m.offset, m.key, m.value, (), 0) for m in batch]
    return [("1", row(result)) for result in tag_messages(tagger, messages, datetime.now(UTC)) if result.tags]


def row(result: object) -> dict[str, object]:
    """Give what the table holds of a tagged post."""
    post, tags = result.event.post, result.tags
    return {
        "platform": post.platform,
        "post_id": post.post_id,
        "created_at": post.created_at.isoformat() if post.created_at else None,
        "text": post.text,
        "language": post.language,
        "author": post.author,
        "signal": tags.signal,
        "score": tags.score,
        "role": tags.role,
        "topics": msgspec.json.encode(tags.topics).decode(),
        "claims": msgspec.json.encode(tags.claims).decode(),
        "rules": tags.rules,
        "model": tags.model,
    }


flow = Dataflow("tag_posts")
source = kafka_operators.input("posts", flow, brokers=[bootstrap], topics=[topic], tail=False)
duckdb_operators.output("warehouse", op.flat_map_batch("tag", source.oks, tagged), file, "posts", TABLE)
run_main(flow)
seconds, cpu = time.perf_counter() - started[0][0], time.process_time() - started[0][1]
stored = duckdb.connect(file, read_only=True).execute("select count(*) from posts").fetchone()[0]
print(json.dumps({"posts": stored, "seconds": seconds, "duckdb": duckdb.__version__, "cpu": cpu}))
