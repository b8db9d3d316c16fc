"""A 64-bit simhash of what a post says, so that near-copies by several authors can be found: few bits differ."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

_LANES = 64
_SKIPPED = frozenset({"rt", "via", "amp"})
_TABLES = tuple(bytes(49 if 2 * count > total else 48 for count in range(256)) for total in range(256))


def fingerprint(forms: Sequence[str]) -> int:
    """Give the simhash of pairs of neighbouring words; links, mentions and "RT" play no part. 0 without words."""
    words = [form for form in forms if form not in _SKIPPED][:127]
    if not words:
        return 0
    total = sum(map(_lanes, words)) + sum(map(_pair, words, words[1:]))
    counts = total.to_bytes(_LANES, "little")
    return int(counts.translate(_TABLES[min(255, 2 * len(words) - 1)]), 2)


@lru_cache(maxsize=65536)
def _lanes(word: str) -> int:
    """Give the hash of a word with each of its bits in a byte of its own, so that sums count bits."""
    bits = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
    return int.from_bytes(bytes(bits >> lane & 1 for lane in range(_LANES)), "little")


def _pair(left: str, right: str) -> int:
    return _lanes(f"{left} {right}")
