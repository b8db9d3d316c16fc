"""Pseudonyms in place of people. What leaves here names no account but those of public organisations. Pure.

A handle is recognised as its platform writes it: after '@', and in links to a profile or a post of X. Words that
only look like one stay: mail addresses, and '@' inside a word.
"""

import csv
import hmac
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from listeners.events import AuthorRemoved, Collected, Event, Identity, Link, Post, PostSeen

PSEUDONYM = re.compile(r"u[0-9a-f]{16}")
_REMEMBERED = 1 << 17
_SHORT = ("http://t.co/", "https://t.co/")

_NAME = r"[A-Za-z0-9_]+"
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_SIGN = r"[@＠](?:(?<![A-Za-z0-9_].)|(?<=\bRT.)|(?<=\brt.))"
_X_HANDLE = re.compile(rf"{_SIGN}({_NAME}(?:[@＠]{_NAME}(?:[.-]{_NAME})*)*)")
_OTHER_HANDLE = re.compile(rf"{_SIGN}({_NAME}(?:[.-]+{_NAME})*(?:[@＠]{_HOST}(?:\.{_HOST})*)*)")
_X_LINK = re.compile(
    r"((?<![A-Za-z0-9.-])(?:(?:www|mobile|m)\.)?(?:(?:vx|fx)?twitter\.com|(?:fixup)?x\.com|nitter\.net)"
    rf"(?:/|%2F)(?:\#!/)?(?:intent/(?:user|follow)\?screen_name=)?@?)({_NAME})(?=(/status(?:es)?/\d)?)",
    re.IGNORECASE,
)
_BLUESKY_LINK = re.compile(r"(\bbsky\.app/profile/)(?!did:)([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)", re.IGNORECASE)
_X_PAGES = frozenset(
    ("i", "intent", "search", "hashtag", "home", "share", "explore", "settings", "messages", "login", "signup", "tos")
)


class Pseudonyms:
    """Gives each account the same pseudonym wherever it is named, as long as the key is the same."""

    def __init__(self, key: bytes, organisations: frozenset[str]) -> None:
        self._key = key
        self._organisations = frozenset(handle.lower() for handle in organisations)
        self.of_handle = lru_cache(_REMEMBERED)(self._of_handle)
        self.author = lru_cache(_REMEMBERED)(self._author)

    def _author(self, platform: str, author_id: str | None, handle: str | None) -> str:
        """Give the pseudonym of an author: 'u' and 16 hex digits, by the platform's id where it is known."""
        if author_id:
            return self._pseudonym(f"id:{platform}:{author_id}")
        return self._pseudonym(f"handle:{platform}:{_spelled(handle or '')}")

    def _of_handle(self, platform: str, handle: str) -> str:
        """Give what stands for a mentioned handle: a pseudonym, or an organisation's own handle, lower-case."""
        spelled = _spelled(handle)
        if spelled in self._organisations or PSEUDONYM.fullmatch(spelled):
            return spelled
        return self._pseudonym(f"handle:{platform}:{spelled}")

    def text(self, platform: str, text: str) -> str:
        """Give a text with a pseudonym in place of each handle of a person.

        A link to a post of X keeps leading there: it names no author.
        """
        if "@" in text or "＠" in text:
            pattern = _X_HANDLE if platform == "x" else _OTHER_HANDLE
            text = pattern.sub(lambda found: self._mention(platform, found), text)
        if "/" in text and _names_a_site(text.lower()):
            text = _X_LINK.sub(self._linked, text)
            text = _BLUESKY_LINK.sub(lambda found: found[1] + self._shown("bluesky", found[2]), text)
        return text

    def _mention(self, platform: str, found: re.Match[str]) -> str:
        """Give what stands for one mention, or for several that were written without a space."""
        sign, chain = found[0][0], found[1]
        if "@" not in chain and "＠" not in chain:
            return sign + self._shown(platform, chain)
        chain = chain.replace("＠", "@")
        names = chain.split("@")
        if len(names) == 2 and ("." in names[1] or platform != "x"):
            names = [chain]  # user@host: one account of another server
        return "".join(sign + self._shown(platform, name) for name in names)

    def _shown(self, platform: str, handle: str) -> str:
        stands = self.of_handle(platform, handle)
        return handle if stands == handle.lower() else stands

    def _linked(self, found: re.Match[str]) -> str:
        before, handle, post = found.groups()
        if handle.lower() in _X_PAGES:
            return found[0]
        return before + ("i" if post else self._shown("x", handle))

    def _pseudonym(self, account: str) -> str:
        return "u" + hmac.digest(self._key, account.encode(errors="replace"), "sha256").hex()[:16]


def pseudonymise(event: Event, pseudonyms: Pseudonyms) -> Event:
    """Give the event with no handle of a person in it but in its identity, which belongs in the vault.

    An author known by id gets the pseudonym of that id; `Identity.alias` holds what mentions of their handle become,
    so that both can be joined. Doing it twice changes nothing. Rejected bytes are kept as they came: the vault's.
    """
    if isinstance(event, PostSeen):
        return _seen(event, pseudonyms)
    if isinstance(event, AuthorRemoved) and not PSEUDONYM.fullmatch(event.author):
        author = pseudonyms.author(event.platform, *_id_or_handle(event.platform, event.author))
        return msgspec.structs.replace(event, author=author)
    return event


def _seen(event: PostSeen, pseudonyms: Pseudonyms) -> PostSeen:
    identity = _identity(event.post, event.identity, pseudonyms)
    post = _post(event.post, identity.author if identity else None, pseudonyms)
    return PostSeen(post, _collected(event, pseudonyms), event.observed_at, identity)


def _identity(post: Post, identity: Identity | None, pseudonyms: Pseudonyms) -> Identity | None:
    """Give the identity with its pseudonyms; None where nobody is known."""
    if identity is None and post.author and not PSEUDONYM.fullmatch(post.author):
        identity = Identity(handle=post.author)
    if identity is None or identity.author:
        return identity
    handle = identity.handle
    author = pseudonyms.author(post.platform, identity.author_id, handle)
    alias = pseudonyms.of_handle(post.platform, handle) if handle else None
    return Identity(
        author=author,
        alias=None if alias == author else alias,
        author_id=identity.author_id,
        handle=handle,
        name=identity.name,
        bio=identity.bio,
        permalink=identity.permalink,
    )


def _post(post: Post, author: str | None, pseudonyms: Pseudonyms) -> Post:
    platform = post.platform
    return Post(
        platform=platform,
        post_id=post.post_id,
        created_at=post.created_at,
        text=pseudonyms.text(platform, post.text) if post.text else post.text,
        language=post.language,
        author=author or post.author,
        links=tuple([_link(link, pseudonyms, platform) for link in post.links]),
        media_alts=tuple([pseudonyms.text(platform, alt) for alt in post.media_alts]),
        hashtags=post.hashtags,
        mentions=tuple(dict.fromkeys([pseudonyms.of_handle(platform, handle) for handle in post.mentions])),
        in_reply_to=post.in_reply_to,
        root=post.root,
        quote_of=post.quote_of,
        repost_of=post.repost_of,
        counts=post.counts,
        edited_at=post.edited_at,
    )


def _link(link: Link, pseudonyms: Pseudonyms, platform: str) -> Link:
    """Give the link with no handle of a person in it. A short link says nothing."""
    if link.url.startswith(_SHORT) and not (link.resolved or link.title or link.description):
        return link
    parts = [part and pseudonyms.text(platform, part) for part in msgspec.structs.astuple(link)]
    return Link(parts[0] or "", *parts[1:])


def _collected(event: PostSeen, pseudonyms: Pseudonyms) -> Collected:
    query = event.collected.query
    if not query or "@" not in query:
        return event.collected
    return msgspec.structs.replace(event.collected, query=pseudonyms.text(event.post.platform, query))


def _names_a_site(text: str) -> bool:
    return "twitter.com" in text or "x.com" in text or "nitter.net" in text or "bsky.app" in text


def _id_or_handle(platform: str, author: str) -> tuple[str | None, str | None]:
    """Tell an author's id from a handle: numbers and DIDs are ids."""
    return (author, None) if author.isdigit() or author.startswith("did:") else (None, author)


def _spelled(handle: str) -> str:
    return handle.strip().lstrip("@＠").lower()


class Organisation(msgspec.Struct, frozen=True):
    """A public body on X whose handle stays readable."""

    handle: str
    name: str
    kind: str


@cache
def known_organisations() -> tuple[Organisation, ...]:
    """Give the list that comes with Auscult (organisations.csv)."""
    table = files("listeners").joinpath("organisations.csv").read_text(encoding="utf-8")
    return tuple(Organisation(row["handle"], row["name"], row["kind"]) for row in csv.DictReader(table.splitlines()))


def organisations(extra: Iterable[str] = ()) -> frozenset[str]:
    """Give the handles, lower-case, that stay readable: the list's, and `extra` (the user's own accounts)."""
    return frozenset(
        [organisation.handle.lower() for organisation in known_organisations()] + [_spelled(handle) for handle in extra]
    )
