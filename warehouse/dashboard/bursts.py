"""What is new: hashtags, links and words that are suddenly frequent, in posts with no listed claim."""

import shlex
from datetime import timedelta
from typing import Any

import msgspec
import streamlit as st

from warehouse.dashboard.evidence import marked
from warehouse.dashboard.visit import Visit

MOST = 6
LEAST_PAST = timedelta(days=14)


class Burst(msgspec.Struct, frozen=True):
    """A phrase, and how often it was said; see the mart bursts."""

    kind: str
    phrase: str
    posts: int
    unlisted_posts: int
    authors: int
    past_author_days: int
    examples: list[dict[str, Any]]


def show(visit: Visit) -> None:
    """Show the strongest bursts; or nothing if there is none."""
    past = _has_past(visit)
    kinds = ["hashtag", "link", "words"] if past else ["hashtag"]
    rows = visit.ask_newer(Burst, "spread.bursts", kinds=kinds, most=MOST)
    if not rows:
        return
    st.header("What is new")
    st.caption(
        "Said by many in the 7 days up to the newest post, hardly before, and in no post with a listed claim; of all "
        "hashtags. First come those in which the careful reader hears most false claims. If one states one, draft it, "
        "so that Auscult knows it from then on."
    )
    if not past:
        st.caption("Only hashtags: too little was captured before these days to tell new words from everyday ones.")
    for row in rows:
        _burst(visit, row)


def _has_past(visit: Visit) -> bool:
    oldest, newest = visit.state.oldest_post, visit.state.newest_post
    return oldest is not None and newest is not None and newest - oldest >= LEAST_PAST


def _burst(visit: Visit, row: Burst) -> None:
    said = ("#" if row.kind == "hashtag" else "") + row.phrase.replace("`", "'")
    before = f"{row.past_author_days:,} times in the four weeks before" if row.past_author_days else "never before"
    false = f"; {row.unlisted_posts:,} promote a false claim" if row.unlisted_posts else ""
    with st.expander(f"`{said}` in {row.posts:,} posts by {row.authors:,} accounts, {before}{false}"):
        for example in row.examples:
            st.html(f'<div class="post"><div class="text">{marked(example["text"], [])}</div></div>')
            visit.link("posts", "Open the thread", post=f"{example['platform']}:{example['post_id']}")
        if row.kind != "link":
            st.code(f"auscult claims draft {shell(row.phrase)} --from-burst", language="console")


def shell(phrase: str) -> str:
    """Give a phrase as one word of a shell's line: what strangers wrote must not run there."""
    return f'"{phrase}"' if phrase.replace(" ", "").isalnum() else shlex.quote(phrase)
