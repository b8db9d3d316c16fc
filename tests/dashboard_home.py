"""A small home for the dashboard: a claim promoted and answered, another that nobody answered, and a meeting."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse_stream import NOW, Feed, fresh, person, seen, tags

from listeners.events import Counts, Gap, PostSeen
from nlp.tags import ClaimMention, Span, Tags, TopicMention
from warehouse.database import Registered, StreamId, open_warehouse, set_hashtags
from warehouse.publish import publish

FIRST_DAY = datetime(2026, 4, 20, 12, tzinfo=UTC)
PROMOTING = "They took it down, but <b>bleach</b> cures autism. #autism"
ANSWERED = "MMR causes autism, says my cousin. #measles"
DEBUNKING = "MMR does not cause autism. Here is the study. #measles"
COPIED = "Doctors will never tell you that bleach cures autism in a week. Pass it on! #autism"
DESPAIR = "Words of despair, to @u0000000000000778."

HASHTAGS = (
    Registered("measles", "disease", "Measles", aliases=("masern",)),
    Registered("autism", "disease", "Autism"),
    Registered(
        "hrs2026",
        "meeting",
        "Heart Rhythm 2026",
        starts=datetime(2026, 4, 23).date(),
        ends=datetime(2026, 4, 26).date(),
        time_zone="America/Chicago",
        society="Heart Rhythm Society",
    ),
)


def published(home: Path, platform: str = "simulated") -> Path:
    """Publish the small home and give the path of its snapshot."""
    feed = fresh(home)
    set_hashtags(feed.warehouse, HASHTAGS)
    feed.load(*_claims(platform), *_crowd(platform), *_meeting(platform), _gap())
    return _publish(feed)


def published_spread(home: Path) -> Path:
    """Publish a campaign, a hashtag that five accounts made new after a quiet month, and a person in danger."""
    feed = fresh(home)
    set_hashtags(feed.warehouse, HASHTAGS)
    feed.load(_post("old", "A quiet day. #measles", -27, "u0000000000000098"), *_campaign(), *_burst())
    feed.load((_post("700", DESPAIR, 3, "u0000000000000777"), tags(danger=True, fingerprint=70)))
    return _publish(feed)


def published_again(home: Path) -> Path:
    """Publish one more post."""
    feed = Feed(open_warehouse(home, NOW), StreamId("cluster-1", "topic-2", topic="later"))
    feed.load(_post("late", "One more. #measles", 9, "u0000000000000099"))
    return _publish(feed)


def published_empty(home: Path) -> Path:
    """Publish a snapshot without a post."""
    feed = fresh(home)
    feed.load(_gap())
    return _publish(feed)


def _publish(feed: Feed) -> Path:
    snapshot = publish(feed.warehouse, datetime(2026, 5, 1, tzinfo=UTC))
    feed.warehouse.close()
    assert snapshot is not None
    return snapshot.path


def _post(post_id: str, text: str, day: float, author: str, platform: str = "simulated", **known: Any) -> PostSeen:
    known["hashtags"] = tuple(tag.lower() for tag in re.findall(r"#(\w+)", text))
    known["created_at"] = FIRST_DAY + timedelta(days=day)
    return seen(post_id, text, day * 1440, author=author, platform=platform, **known)


def _claims(platform: str) -> list[tuple[PostSeen, Tags]]:
    """A promoting post without an answer, its copy by another account, one that a clinician answered, the answer."""
    doctor, answer = "u00000000000000d0", {"in_reply_to": "103", "root": "103"}
    bleach = _claim("autism-mms", "autism-cure", "promotes", PROMOTING, "<b>bleach</b> cures autism")
    promoted = _claim("mmr-causes-autism", "vaccine-adverse-effects", "promotes", ANSWERED, "MMR causes autism")
    debunked = _claim("mmr-causes-autism", "vaccine-adverse-effects", "debunks", DEBUNKING, "MMR")
    far, near = Counts(10, 5, 0, 0, 900), Counts(1, 0, 0, 0, 50)
    return [
        (
            _post("101", PROMOTING, 1, "u000000000000000a", platform, counts=far),
            tags(bleach, fingerprint=11, score=0.9),
        ),
        (_post("102", PROMOTING, 1.1, "u000000000000000b", platform, counts=near), tags(bleach, fingerprint=11)),
        (_post("103", ANSWERED, 2, "u000000000000000c", platform, counts=near), tags(promoted, fingerprint=13)),
        (
            _post("104", DEBUNKING, 2.1, doctor, platform, identity=person(doctor, bio="MD"), **answer),
            tags(debunked, role="clinician", fingerprint=14),
        ),
        (_post("105", "Who knows? #measles", 2.2, "u000000000000000e", platform, **answer), tags(fingerprint=15)),
    ]


def _campaign() -> list[tuple[PostSeen, Tags]]:
    """Four accounts that write one text within a day."""
    bleach = _claim("autism-mms", "autism-cure", "promotes", COPIED, "bleach cures autism")
    said = tags(bleach, fingerprint=0xFEED)
    return [(_post(f"50{number}", COPIED, 1 + number / 8, f"u00000000000005{number:02}"), said) for number in range(4)]


def _burst() -> list[tuple[PostSeen, Tags]]:
    """Five accounts under a hashtag that nobody registered."""
    texts = ((number, f"Trying it, day {number}. #drops4all") for number in range(5))
    return [
        (_post(f"60{number}", text, 2 + number / 8, f"u00000000000006{number:02}"), tags(fingerprint=600 + 64 * number))
        for number, text in texts
    ]


def _crowd(platform: str) -> list[tuple[PostSeen, Tags]]:
    """Twelve clinicians and three researchers who talk about measles."""
    found = []
    for number in range(15):
        author, role = f"u0000000000001{number:03}", "clinician" if number < 12 else "researcher"
        text = f"Talk {number:02} about measles. #masern"
        spoken = (TopicMention("DOID:8622", "measles", "disease", Span(14, 21, "measles")),)
        post = _post(f"2{number:02}", text, 3, author, platform, identity=person(author, bio="x"))
        found.append((post, tags(topics=spoken, role=role, fingerprint=100 + number)))
    return found


def _meeting(platform: str) -> list[tuple[PostSeen, Tags]]:
    """Six posts on the days of the meeting."""
    found = []
    for number in range(6):
        post = _post(f"3{number:02}", f"Talk {number} #HRS2026", 3 + number / 2, f"u000000000000200{number}", platform)
        found.append((post, tags(fingerprint=200 + number)))
    return found


def _gap() -> Gap:
    start = FIRST_DAY + timedelta(days=2)
    return Gap("simulated", start, start + timedelta(hours=3), "the listener stood still", start + timedelta(hours=3))


def _claim(claim_id: str, family: str, stance: str, text: str, words: str) -> ClaimMention:
    start = text.index(words)
    evidence = (Span(start, start + len(words), words),)
    return ClaimMention(claim_id, family, "falsifiable", stance, 0.9, evidence)
