"""A 64-bit simhash of what a post says, so that near-copies by several authors can be found: few bits differ."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

_SKIPPED = frozenset({"rt", "via", "amp"})
_MOST = 250
_MASK = 2**64 - 1
# The bits of a byte, each in a byte of its own: sums of such numbers count bits.
_SPREAD = tuple(bytes(value >> bit & 1 for bit in range(8)) for value in range(256))
# Counts to digits, for each number of summands: "1" where more than half of them had the bit.
_MAJORITY = tuple(bytes(49 if 2 * count > total else 48 for count in range(256)) for total in range(256))


def fingerprint(forms: Sequence[str]) -> int:
    """Give the simhash of the pairs of neighbouring words; links, mentions and "RT" play no part. 0 without words."""
    hashes = [_hash(form) for form in forms if form not in _SKIPPED][:_MOST]
    if not hashes:
        return 0
    pairs = [(left * 31 + right) * 0x9E3779B97F4A7C15 & _MASK for left, right in pairwise(hashes)]
    total = sum([_spread(value) for value in pairs or hashes])
    return int(total.to_bytes(64, "little").translate(_MAJORITY[len(pairs) or 1]), 2)


@lru_cache(maxsize=65536)
def _hash(form: str) -> int:
    return int.from_bytes(blake2b(form.encode(errors="surrogatepass"), digest_size=8).digest(), "little")


def _spread(value: int) -> int:
    return int.from_bytes(b"".join([_SPREAD[byte] for byte in value.to_bytes(8, "little")]), "little")
