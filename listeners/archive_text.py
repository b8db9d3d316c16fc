"""What stands in the text of a post: hashtags, mentions, links. Pure; for sources that do not say it themselves."""

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache

from listeners.events import Link

_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&"))
_LINK = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_LINK_END = ".,;:!?'’)]}"
_CUT = ("…", "...")
# What stands before a sign is looked at after it: so the engine can leap from sign to sign.
_MENTION = re.compile(
    r"[@＠](?:(?<![A-Za-z0-9_!#$%&*@＠/].)|(?<=\bRT.)|(?<=\brt.))([A-Za-z0-9_]{1,20})(?![A-Za-z0-9_@＠])"
)
_HASHTAG_ASCII = re.compile(r"#(?<![\w&].)(\w*[A-Za-z]\w*)", re.ASCII)
_SPECIAL = "\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"


def unescaped(text: str) -> str:
    """Give the text as its author wrote it: X delivers `&`, `<` and `>` as HTML entities, older tools quotes too.

    One level only, so that what an author wrote as `&amp;` is kept. NUL bytes, which nobody writes, are left out.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    if "&" in text:
        for escape, character in _ESCAPES:
            text = text.replace(escape, character)
    return text


def hashtags(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the hashtags of a text, lower-case and without '#', after those that are `known` from elsewhere.

    As X defines them: not after a letter, a digit or '&'; at least one letter; any script. A '#' in a link is none.
    """
    if "#" not in text and "＃" not in text:
        found: list[str] = []
    elif text.isascii():
        found = _HASHTAG_ASCII.findall(_without_links(text))
    else:
        found = [_composed(tag) for tag in _hashtag().findall(_without_links(text))]
    if found and text.endswith("…") and text.startswith("RT @") and text[:-1].lower().endswith(found[-1].lower()):
        found.pop()  # a repost whose text was cut in the middle of the tag
    return _unique([*known, *found])


def mentions(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the handles mentioned in a text, lower-case and without '@', after those that are `known`."""
    return _unique([*known, *_MENTION.findall(text)]) if "@" in text or "＠" in text or known else ()


def links(text: str) -> tuple[Link, ...]:
    """Give the links of a text, but not those that were cut off at its end."""
    if "://" not in text:
        return ()
    urls = (url for url in _LINK.findall(text) if not url.endswith(_CUT))
    return tuple(Link(url) for url in dict.fromkeys(url.rstrip(_LINK_END) for url in urls) if not url.endswith("://"))


def _without_links(text: str) -> str:
    return _LINK.sub(" ", text) if "/#" in text else text


def _unique(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([word.lower() for word in words]))


def _composed(tag: str) -> str:
    return unicodedata.normalize("NFC", tag)


@cache
def _hashtag() -> re.Pattern[str]:
    """Give the pattern for any script; Python's `\\w` lacks the vowel signs of Hindi, Thai or Arabic."""
    marks = re.escape("".join(_marks())) + _SPECIAL
    return re.compile(rf"[#＃](?<![\w&{marks}].)([\w{marks}]*[^\W\d_][\w{marks}]*)")


def _marks() -> Iterable[str]:
    emoji_parts = {0xFE0E, 0xFE0F, 0x20E3}  # X ends a hashtag there
    return (chr(n) for n in range(min(sys.maxunicode, 0xFFFF)) if n not in emoji_parts and _is_mark(n))


def _is_mark(number: int) -> bool:
    return unicodedata.category(chr(number)) in ("Mn", "Mc")
