"""What the simulated week was composed of, so that what comes out of the pipeline can be held against it."""

from collections import Counter
from datetime import date
from typing import Any

import msgspec

from listeners.simulated_events import MALFORMED, plan
from listeners.simulated_plan import WEEK, Planned
from listeners.simulated_texts import LISTENED, marks


class Label(msgspec.Struct, frozen=True):
    """What a simulated post was written as. `signal`: it promotes a falsifiable claim."""

    role: str
    stance: str
    family: str
    claim: str
    language: str
    signal: bool


def labels(seed: int = 1, posts: int = 30_000, start: date | None = None) -> dict[str, Label]:
    """Give what each post is after its last edit, by id; a repost is what it repeats. Deleted posts are among them."""
    composed = plan(seed, posts, start)
    return {composed.id(post): _label(post) for post in composed.posts}


def truth(seed: int = 1, posts: int = 30_000, start: date | None = None) -> dict[str, Any]:
    """Give the week's figures: `posts`, `deleted` and `rejected` of all of it, the rest of the posts that are left.

    `promoting` has for each false claim how many posts were written, how many reposted, and of the written ones how
    many have a reply or a quote that debunks (`answered`) and how many have none (`unanswered_ids`).
    """
    composed = plan(seed, posts, start)
    left = [post for post in composed.posts if not post.deleted_at]
    answered = {
        post.parent.number
        for post in left
        if post.parent and post.relation in ("reply", "quote") and post.final.stance == "debunks"
    }
    promoting = [post for post in left if post.final.false_claim and post.relation != "repost"]
    return {
        "posts": len(composed.posts),
        "deleted": len(composed.posts) - len(left),
        "rejected": round(len(composed.posts) * MALFORMED),
        "edited": sum(bool(post.versions) for post in left),
        "texts": len({post.said(WEEK)[0] for post in left}),
        "authors": len({post.author.author_id for post in left}),
        "relations": dict(Counter(post.relation for post in left)),
        "stances": dict(Counter(post.final.stance for post in left)),
        "families": dict(Counter(post.final.family for post in left)),
        "languages": dict(Counter(post.final.language for post in left)),
        "hashtags": _hashtags(left),
        "signals": sum(post.final.false_claim for post in left),
        "promoting": _promoting(left, promoting, answered),
        "unanswered_ids": sorted(composed.id(post) for post in promoting if post.number not in answered),
        "deleted_ids": sorted(composed.id(post) for post in composed.posts if post.deleted_at),
        "edited_ids": sorted(composed.id(post) for post in left if post.versions),
    }


def _label(post: Planned) -> Label:
    entry = post.final
    return Label(post.author.role, entry.stance, entry.family, entry.claim, entry.language, entry.false_claim)


def _hashtags(left: list[Planned]) -> dict[str, int]:
    found = Counter(
        tag for post in left for tag in marks(post.versions[-1][1] if post.versions else post.text).hashtags
    )
    return {tag: found[tag] for tag in LISTENED}


def _promoting(left: list[Planned], written: list[Planned], answered: set[int]) -> dict[str, dict[str, int]]:
    reposted = Counter(post.final.claim for post in left if post.final.false_claim and post.relation == "repost")
    claims: dict[str, dict[str, int]] = {}
    for post in written:
        claim = post.final.claim
        figures = claims.setdefault(claim, {"written": 0, "reposted": reposted[claim], "answered": 0, "unanswered": 0})
        figures["written"] += 1
        figures["answered" if post.number in answered else "unanswered"] += 1
    return claims
