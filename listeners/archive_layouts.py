"""Which column of a table holds what: layouts known by their header, or as the user says. Data and a choice; pure."""

from collections.abc import Mapping, Sequence

import msgspec

FIELDS = frozenset(
    (
        *("id", "text", "created_at", "edited_at", "observed_at", "language", "permalink", "query"),
        *("author", "author_id", "name", "bio"),
        *("hashtags", "mentions", "links", "resolved", "media_alts"),
        *("in_reply_to", "root", "quote_of", "repost_of", "is_repost"),
        *("likes", "reposts", "replies", "quotes", "views"),
    )
)


class Beside(msgspec.Struct, frozen=True):
    """Another post that stands in the same row: the one that the row's post reposts or quotes."""

    columns: Mapping[str, str]


class Layout(msgspec.Struct, frozen=True):
    """Our fields by their columns. `signature`: the columns by which a header is recognised.

    `missing`: how this kind of file writes that there is nothing. `beside`: posts in the same row.
    """

    name: str
    columns: Mapping[str, str]
    signature: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset({""})
    beside: tuple[Beside, ...] = ()


class BadLayout(ValueError):
    """The columns that the user names do not fit the file, or no known layout does."""


_R = frozenset({"", "NA"})
_PYTHON = frozenset({"", "None", "nan"})

_TRACKBACK = {
    "id": "id",
    "text": "content",
    "created_at": "firstpost_date",
    "author": "trackback_author_nick",
    "permalink": "trackback_permalink",
    "hashtags": "hashtags",
    "mentions": "user_mentions",
}

LAYOUTS = (
    Layout(
        "trackback, 40 columns",
        {
            **_TRACKBACK,
            "name": "user_name",
            "bio": "user_description",
            "likes": "tweet_favorite_count",
            "reposts": "tweet_retweet_count",
        },
        signature=("trackback_permalink", "content", "tweet_retweet_count"),
        missing=_PYTHON,
    ),
    Layout(
        "trackback",
        {**_TRACKBACK, "bio": "description", "reposts": "retweet_count"},
        signature=("trackback_permalink", "content", "firstpost_date"),
        missing=_PYTHON,
    ),
    Layout(
        "rtweet",
        {
            "id": "status_id",
            "text": "text",
            "created_at": "created_at",
            "author": "screen_name",
            "author_id": "user_id",
            "name": "name",
            "bio": "description",
            "permalink": "status_url",
            "language": "lang",
            "hashtags": "hashtags",
            "mentions": "mentions_screen_name",
            "links": "urls_t.co",
            "resolved": "urls_expanded_url",
            "in_reply_to": "reply_to_status_id",
            "quote_of": "quoted_status_id",
            "repost_of": "retweet_status_id",
            "likes": "favorite_count",
            "reposts": "retweet_count",
            "replies": "reply_count",
            "quotes": "quote_count",
        },
        signature=("status_id", "screen_name", "text", "is_retweet"),
        missing=_R,
        beside=tuple(
            Beside(
                {
                    "id": f"{kind}_status_id",
                    "text": f"{kind}_text",
                    "created_at": f"{kind}_created_at",
                    "author": f"{kind}_screen_name",
                    "author_id": f"{kind}_user_id",
                    "name": f"{kind}_name",
                    "bio": f"{kind}_description",
                    "likes": f"{kind}_favorite_count",
                    "reposts": f"{kind}_retweet_count",
                }
            )
            for kind in ("retweet", "quoted")
        ),
    ),
    Layout(
        "twitteR",
        {
            "id": "id",
            "text": "text",
            "created_at": "created",
            "author": "screenName",
            "in_reply_to": "replyToSID",
            "is_repost": "isRetweet",
            "likes": "favoriteCount",
            "reposts": "retweetCount",
        },
        signature=("id", "text", "created", "screenName"),
        missing=_R,
    ),
    Layout(
        "twarc",
        {
            "id": "id",
            "text": "text",
            "created_at": "created_at",
            "author": "author.username",
            "author_id": "author_id",
            "name": "author.name",
            "bio": "author.description",
            "language": "lang",
            "root": "conversation_id",
            "in_reply_to": "referenced_tweets.replied_to.id",
            "quote_of": "referenced_tweets.quoted.id",
            "repost_of": "referenced_tweets.retweeted.id",
            "likes": "public_metrics.like_count",
            "reposts": "public_metrics.retweet_count",
            "replies": "public_metrics.reply_count",
            "quotes": "public_metrics.quote_count",
            "views": "public_metrics.impression_count",
            "observed_at": "__twarc.retrieved_at",
        },
        signature=("id", "text", "author.username"),
    ),
    Layout(
        "TAGS",
        {
            "id": "id_str",
            "text": "text",
            "created_at": "created_at",
            "author": "from_user",
            "author_id": "from_user_id_str",
            "language": "user_lang",
            "in_reply_to": "in_reply_to_status_id_str",
            "permalink": "status_url",
        },
        signature=("id_str", "from_user", "text"),
    ),
    Layout(
        "archive",
        {"id": "id", "text": "text", "created_at": "created_at", "author": "author", "query": "query"},
        signature=("id", "text", "author"),
    ),
    Layout("plain", {"id": "id", "text": "text", "created_at": "created_at"}, signature=("id", "text")),
    Layout("ids", {"id": "tweet_id"}, signature=("tweet_id",)),
    Layout("ids", {"id": "id"}, signature=("id",)),
)


def known(header: Sequence[str]) -> Layout | None:
    """Give the known layout of a header, or None."""
    columns = frozenset(header)
    for layout in LAYOUTS:
        if columns.issuperset(layout.signature) and not (layout.name == "ids" and len(columns) > 1):
            return layout
    return None


def mapped(mapping: Mapping[str, str], header: Sequence[str] | None = None) -> Layout:
    """Give the layout that the user names, our field → column; raises BadLayout where it cannot be.

    With a `header`, the columns must stand in it.
    """
    unknown = sorted(mapping.keys() - FIELDS)
    if unknown:
        raise BadLayout(f"no field is called `{unknown[0]}`: expected one of {', '.join(sorted(FIELDS))}")
    if "id" not in mapping:
        raise BadLayout("the column of the post's id is not named: add id=COLUMN")
    for field, column in mapping.items():
        if header is not None and column not in header:
            raise BadLayout(f"no column `{column}` for `{field}`: expected one of {', '.join(header)[:400]}")
    return Layout("as named", dict(mapping), missing=frozenset({"", "NA"}))


def layout_of(header: Sequence[str], mapping: Mapping[str, str] | None) -> Layout:
    """Give the layout of a file by its header; raises BadLayout, in one line, where there is none."""
    if mapping:
        return mapped(mapping, header)
    layout = known(header)
    if layout is None:
        columns = ", ".join(header)[:400]
        raise BadLayout(f"no known columns: expected `id` and `text`, got {columns}; name them: --map id=…,text=…")
    return layout
