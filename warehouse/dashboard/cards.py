"""Posts and claims as pieces of HTML. All that comes from posts is escaped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from warehouse.dashboard.claims import Claim, claim, family_name
from warehouse.dashboard.colours import ANSWERING, STANCE_NAMES
from warehouse.dashboard.evidence import elsewhere, marked, short_author
from warehouse.dashboard.moments import moment
from warehouse.dashboard.records import STANCES, ClaimStances, Link, Mention, Post, Unanswered, Waiting

_ONE = {"views": "view", "likes": "like", "reposts": "repost", "replies": "reply", "quotes": "quote"}
_SHORT = {"promotes": "promoting", "debunks": "debunking", "questions": "asking", "reports": "reporting"}
_WIDTH_OF_A_DIGIT = 0.017
"""As a share of the longest bar, on a narrow page too. A part of a bar that is too narrow for its number shows none; it
stands in the line below and in the tooltip."""


def post(row: Post, mentions: Sequence[Mention], zone: str, *, explained: bool = False, asked: bool = False) -> str:
    """Give a post: who and when, the text with its evidence, counts, claims. `explained`: with what refutes them."""
    lines = [
        _meta(row.author, row.role, moment(row.created_at, zone), _relation(row)),
        _text(row.text, mentions),
        _counts(row),
        *(_mention(mention, explained) for mention in _first_of_each(mentions)),
    ]
    depth = "" if not row.depth else "thread" + (" asked" if asked else "")
    return f'<div class="post {depth}">{"".join(lines)}</div>'


def unanswered(row: Unanswered, mentions: Sequence[Mention], zone: str) -> str:
    """Give a post that nobody answered, with its claims and what refutes them."""
    reach = [f'<span class="reach">Reach {row.total_reach:,}</span>' if row.total_reach else "reach not known"]
    if row.copies > 1:
        reach.append(f"<b>{row.copies:,} posts</b> with the same words; of this one:")
    replies = (
        f"{_count(row.replies_seen, 'reply', 'replies')} seen, none answers" if row.replies_seen else "no reply seen"
    )
    own = [mention for mention in mentions if mention.stance == "promotes" and mention.claim_id in row.claims]
    lines = [
        _meta(row.author, None, moment(row.created_at, zone), replies),
        _text(row.text, own),
        _line("counts", " · ".join(reach + _interactions(row))),
        *(_refuted(claim(claim_id)) for claim_id in row.claims),
    ]
    return f'<div class="post">{"".join(lines)}</div>'


def waiting(row: Waiting, mentions: Sequence[Mention], zone: str) -> str:
    """Give a post that waits for a person's word on one claim, with what refutes it."""
    known = claim(row.claim_id)
    lines = [
        _line("meta", escape(moment(row.created_at, zone))),
        _text(row.text, [mention for mention in mentions if mention.claim_id == row.claim_id]),
        _line("claim", escape(f"The claim: {known.statement}")),
        refutation(known),
    ]
    return f'<div class="post">{"".join(lines)}</div>'


def refutation(known: Claim) -> str:
    """Give why a claim is wrong, with the source."""
    if not known.wrong_because:
        return ""
    return _line("why", f"{escape(known.wrong_because)} Source: {source_link(known.source)}")


def source_link(source: str) -> str:
    """Give a link to a source, named by its site."""
    if urlsplit(source).scheme not in ("http", "https"):
        return escape(source)
    host = (urlsplit(source).hostname or source).removeprefix("www.")
    return f'<a href="{escape(source, quote=True)}" target="_blank" rel="noopener noreferrer">{escape(host)}</a>'


def claim_bars(
    rows: Sequence[ClaimStances],
    unanswered_posts: Mapping[str, int],
    before: str | None,
    address: Callable[[str], str],
) -> str:
    """Give each claim with a bar of its posts by stance, all to one scale.

    `before` names the time of the same length before, where there was capture then; `address` gives a claim's page.
    """
    longest = max(_posts(row) for row in rows)
    lines = (
        _claim_row(
            row, longest, _spread(row, longest, unanswered_posts.get(row.claim_id, 0), before), address(row.claim_id)
        )
        for row in rows
    )
    return f'<div class="claims">{"".join(lines)}</div>'


def stance_key() -> str:
    """Give what the colours mean."""
    return f'<div class="key">{"".join(badge(stance) for stance in STANCES)}</div>'


def badge(stance: str) -> str:
    """Give a stance as a badge."""
    return f'<span class="badge {stance}">{STANCE_NAMES[stance]}</span>'


def links(rows: Iterable[Link]) -> str:
    """Give the links of a post: title and site."""
    shown = (f"{escape(row.title or '')} {source_link(row.resolved or row.url or '')}" for row in rows)
    return "".join(_line("other", f"Link: {each}") for each in shown)


def _claim_row(row: ClaimStances, longest: int, spread: str, address: str) -> str:
    total = _posts(row)
    parts = "".join(_part(stance, getattr(row, stance), total, longest) for stance in STANCES)
    concern = " · a concern, not a falsehood" if row.kind == "concern" else ""
    return (
        f'<div class="row"><div><div class="statement">'
        f'<a href="{escape(address, quote=True)}" target="_self">{escape(claim(row.claim_id).statement)}</a></div>'
        f'<div class="family">{escape(family_name(row.family))}{concern}</div></div>'
        f'<div><div class="bar" style="width:{max(2.0, 100 * total / longest):.1f}%">{parts}</div>'
        f'<div class="note">{spread}</div></div></div>'
    )


def _part(stance: str, posts: int, total: int, longest: int) -> str:
    if not posts:
        return ""
    figure = f"{posts:,}" if _has_room(posts, longest) else ""
    title = f"{STANCE_NAMES[stance]}: {posts:,}"
    return f'<div class="part {stance}" style="width:{100 * posts / total:.2f}%" title="{title}">{figure}</div>'


def _has_room(posts: int, longest: int) -> bool:
    return posts / longest >= _WIDTH_OF_A_DIGIT * (len(f"{posts:,}") + 1)


def _spread(row: ClaimStances, longest: int, without_answer: int, before: str | None) -> str:
    said = [f"<b>{without_answer:,} without an answer seen</b>"] if without_answer else []
    if row.promoting_authors:  # posts may be captured without their authors
        said.append(f"promoted by {_count(row.promoting_authors, 'account', 'accounts')}")
    if row.promotes and before:
        said.append(f"{row.promoted_before:,} promoting in {before}")
    counts = {stance: getattr(row, stance) for stance in STANCES}
    said += [
        f"{posts:,} {_SHORT[stance]}" for stance, posts in counts.items() if posts and not _has_room(posts, longest)
    ]
    return " · ".join(said)


def _posts(row: ClaimStances) -> int:
    return row.promotes + row.debunks + row.questions + row.reports


def _meta(author: str | None, role: str | None, at: str, note: str) -> str:
    shown = f'<span class="badge role">{ANSWERING[role]}</span>' if role in ANSWERING else ""
    said = " · ".join(part for part in (escape(short_author(author)), escape(at), escape(note)) if part)
    return f'<div class="meta" title="{escape(author or "")}">{shown}{said}</div>'


def _text(text: str | None, mentions: Sequence[Mention]) -> str:
    shown = "<i>The text of this post is not known yet.</i>" if text is None else marked(text, mentions)
    beside = "".join(_line("other", f"In the {field}: “{escape(words)}”") for field, words in elsewhere(mentions))
    return f'<div class="text">{shown}</div>{beside}'


def _counts(row: Post) -> str:
    return _line("counts", " · ".join(_interactions(row)))


def _interactions(row: Post | Unanswered) -> list[str]:
    counts = ((many, one, getattr(row, many)) for many, one in _ONE.items())
    return [_count(count, one, many) for many, one, count in counts if count]


def _mention(mention: Mention, explained: bool) -> str:
    known = claim(mention.claim_id)
    why = refutation(known) if explained and known.kind == "falsifiable" else ""
    return _line("claim", f"{badge(mention.stance)} {escape(known.statement)}") + why


def _refuted(known: Claim) -> str:
    return _line("claim", f"{badge('promotes')} {escape(known.statement)}") + refutation(known)


def _first_of_each(mentions: Sequence[Mention]) -> list[Mention]:
    return list({(mention.claim_id, mention.stance): mention for mention in reversed(mentions)}.values())[::-1]


def _relation(row: Post) -> str:
    if row.repost_of:
        return "repost"
    return "reply" if row.in_reply_to else "quotes another post" if row.quote_of else ""


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _line(kind: str, html: str) -> str:
    return f'<div class="{kind}">{html}</div>' if html else ""
