"""How credible the sites are that a post links to: a rating of its registered domain, 0 to 1.

The ratings are `nlp/domains.csv`, the first principal component of several sets of domain ratings
(Lin et al. 2023, PNAS Nexus, pgad286; free to reuse). A column and a prior, never a signal by itself.
"""

import csv
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit


class Ratings:
    """The rated domains."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self._rated = {row["domain"]: float(row["score"]) for row in csv.DictReader(file)}
        self._one = lru_cache(maxsize=16384)(self._rating)

    def lowest(self, urls: Iterable[str]) -> float | None:
        """Give the lowest rating among the links, or None where none is rated."""
        found = [rating for rating in map(self._one, urls) if rating is not None]
        return min(found) if found else None

    def _rating(self, url: str) -> float | None:
        host = _host(url)
        labels = host.split(".")
        for start in range(len(labels) - 1):
            rated = self._rated.get(".".join(labels[start:]))
            if rated is not None:
                return rated
        return None


def _host(url: str) -> str:
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
