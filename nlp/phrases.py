"""The phrase language that `nlp.knowledge` describes: compiling phrases, and finding them in the words of a post."""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, product
from typing import Generic, NamedTuple, TypeVar

from nlp.inflection import ABBREVIATIONS, stem
from nlp.knowledge import BadKnowledge
from nlp.normalise import FIELD_BREAK, Words

GAP = 5
_INLINE = 3
_RARE = -14.0
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"'”’)\]]*(?=\s|$|[#@&\U0001F000-\U0001FAFF\u2600-\u27BF])|\n\s*\n|\x1e|\s[|•·►]\s"
)
Normalise = Callable[[str], Sequence[str]]
Chains = list[tuple[tuple[int, int], tuple[int, ...]]]


class Term(NamedTuple):
    """One term: the sequences of stems that satisfy it, filed under their first; exact forms; prefixes."""

    sequences: dict[str, tuple[tuple[str, ...], ...]]
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    source: str

    def needs(self) -> frozenset[str]:
        """Give the keys (see `Compiler.keys`) of which a post must hold one."""
        return frozenset((*self.sequences, *(f"={form}" for form in self.exact), *(f"{p}*" for p in self.prefixes)))


class Part(NamedTuple):
    """Terms in order, and terms that the sentence must not hold. `anywhere`: in whatever sentence."""

    terms: tuple[Term, ...]
    forbidden: tuple[Term, ...]
    anywhere: bool


class Phrase(NamedTuple):
    """A compiled phrase; `negated`: it asserts its claim by a negation of its own."""

    parts: tuple[Part, ...]
    negated: bool
    source: str


class Match(NamedTuple):
    """Where a phrase was found: the word places [first, last] of each part, and the places of the words it used."""

    runs: tuple[tuple[int, int], ...]
    used: tuple[int, ...]


class Compiler:
    """Compiles phrases with the word lists at hand. `normalise` reads a word as posts are read."""

    def __init__(self, lists: Mapping[str, Iterable[str]], negators: Iterable[str], normalise: Normalise) -> None:
        self._normalise = normalise
        self._negators = tuple((stem(word),) for word in negators)
        self._lists = {name: tuple(filter(None, map(self._sequence, entries))) for name, entries in lists.items()}
        self._exact: set[str] = set()
        self._prefixes: tuple[str, ...] = ()
        self._special = lru_cache(maxsize=65536)(self._specials)
        self._compiled = lru_cache(maxsize=None)(self._term)
        self._satisfying = lru_cache(maxsize=None)(self._sequences)

    def phrase(self, source: str) -> Phrase:
        """Compile one phrase. Raises BadKnowledge saying what is wrong with it."""
        parts, anywhere = [], False
        for text in re.split(r"(&&?)", source):
            if text in ("&", "&&"):
                anywhere = text == "&&"
                continue
            parts.append(self._part(text, anywhere, source))
        parts = _joined(parts)
        if not parts:
            raise BadKnowledge(f"`{source}`: expected a word that is not forbidden")
        negated = any(term.source == "not" for part in parts for term in part.terms)
        return Phrase(tuple(parts), negated, source)

    def keys(self, words: Words) -> frozenset[str]:
        """Give what a post offers to phrases: its stems, `=form` for exact forms and `start*` for prefixes in use."""
        found = set(words.stems)
        for special in map(self._special, words.forms):
            if special:
                found.update(special)
        return frozenset(found)

    def _specials(self, form: str) -> tuple[str, ...]:
        exact = (f"={form}",) if form in self._exact else ()
        if not form.startswith(self._prefixes):
            return exact
        return exact + tuple(f"{prefix}*" for prefix in self._prefixes if form.startswith(prefix))

    def _part(self, text: str, anywhere: bool, source: str) -> Part:
        terms = [word for word in text.split() if not word.startswith("!")]
        forbidden = [word[1:] for word in text.split() if word.startswith("!")]
        if not terms and not forbidden:
            raise BadKnowledge(f"`{source}`: expected a word on each side of `&`")
        return Part(tuple(map(self._compiled, terms)), tuple(map(self._compiled, forbidden)), anywhere)

    def _term(self, text: str) -> Term:
        sequences: list[tuple[str, ...]] = []
        exact: list[str] = []
        prefixes: list[str] = []
        for choice in text.split("|"):
            if choice == "not":
                sequences.extend(self._negators)
            elif "_" in choice and (choice.startswith("=") or choice.endswith("*")):
                raise BadKnowledge(
                    f"`{choice}`: expected one word where `=` or `*` stands; several hold any inflection"
                )
            elif choice.startswith("="):
                exact.append(choice[1:].lower())
            elif choice.endswith("*") and len(choice) > 2:
                prefixes.append(choice[:-1].lower())
            else:
                sequences.extend(self._satisfying(choice))
        sequences = [sequence for sequence in sequences if sequence]
        if not (sequences or exact or prefixes):
            raise BadKnowledge(f"`{text}`: expected a word")
        self._exact.update(exact)
        if exact or prefixes:
            self._prefixes = tuple(dict.fromkeys((*self._prefixes, *prefixes)))
            self._special.cache_clear()
        filed: dict[str, tuple[tuple[str, ...], ...]] = {}
        for sequence in dict.fromkeys(sequences):
            filed[sequence[0]] = (*filed.get(sequence[0], ()), sequence)
        return Term(filed, frozenset(exact), tuple(prefixes), text)

    def _sequences(self, choice: str) -> list[tuple[str, ...]]:
        """Give what satisfies words and lists that stand side by side: `big_pharma`, `{vaccine}_injury`."""
        if choice.count("{") != choice.count("}"):
            raise BadKnowledge(f"`{choice}`: expected `{{name}}`")
        steps: list[Sequence[tuple[str, ...]]] = []
        for step in re.findall(r"\{\w+\}|[^{}]+", choice):
            if step[0] != "{":
                steps.append([self._sequence(step.replace("_", " "))] if step.strip("_") else [()])
            elif step[1:-1] in self._lists:
                steps.append(self._lists[step[1:-1]])
            else:
                raise BadKnowledge(f"`{choice}`: there is no list `{step[1:-1]}`")
        return [tuple(chain.from_iterable(steps_)) for steps_ in product(*steps)]

    def _sequence(self, entry: str) -> tuple[str, ...]:
        return tuple(stem(form) for form in self._normalise(entry))


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Let parts that only forbid (`& !word`) forbid it to the first part."""
    asking = [part for part in parts if part.terms]
    forbidden = tuple(term for part in parts if not part.terms for term in part.forbidden)
    if asking and forbidden:
        asking[0] = asking[0]._replace(forbidden=asking[0].forbidden + forbidden)
    return asking


V = TypeVar("V")


class PhraseIndex(Generic[V]):
    """Phrases, each with a value, filed under the rarest word that it cannot do without.

    So a post is asked only about phrases of which it holds that word, and most posts about none.
    `logs`: the log-probability of stems.
    """

    def __init__(self, logs: Mapping[str, float]) -> None:
        self._logs = logs
        self._filed: dict[str, list[tuple[int, Phrase, V, tuple[frozenset[str], ...]]]] = {}
        self._added = 0

    def add(self, phrase: Phrase, value: V) -> None:
        """File a phrase."""
        self._added += 1
        needed = [self._keys(term) for part in phrase.parts for term in part.terms]
        needed.sort(key=self._likelihood)
        for word in needed[0]:
            self._filed.setdefault(word, []).append((self._added, phrase, value, tuple(needed[1:])))

    def _keys(self, term: Term) -> frozenset[str]:
        """Give the keys of which a post must hold one: of several words side by side, the rarest."""
        several = {
            min(sequence, key=lambda word: self._logs.get(word, _RARE)): None
            for sequences in term.sequences.values()
            for sequence in sequences
        }
        return frozenset(several) | {key for key in term.needs() if key[0] == "=" or key[-1] == "*"}

    def _likelihood(self, keys: frozenset[str]) -> float:
        return sum(math.exp(self._logs.get(key, _RARE)) for key in keys)

    def possible(self, keys: frozenset[str]) -> list[tuple[Phrase, V]]:
        """Give the phrases all of whose words a post with these keys may hold, each once, in the order of filing: the
        order of a set's words is another in every process.
        """
        found: dict[int, tuple[Phrase, V]] = {}
        for word in self._filed.keys() & keys:
            for number, phrase, value, needed in self._filed[word]:
                for others in needed:
                    if others.isdisjoint(keys):
                        break
                else:
                    found[number] = (phrase, value)
        return [found[number] for number in sorted(found)]


class Scene:
    """The words of one post, indexed for phrases: where each stem stands, and where sentences end."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.places: dict[str, list[int]] = {}
        for place, found in enumerate(words.stems):
            self.places.setdefault(found, []).append(place)
        self.sentences = _sentences(words)

    def sentence(self, place: int) -> tuple[int, int]:
        """Give the word places [first, end) of the sentence in which a word stands."""
        number = self.sentences[place]
        return bisect_left(self.sentences, number), bisect_left(self.sentences, number + 1)

    def occurrences(self, term: Term) -> list[tuple[int, int]]:
        """Give where a term stands, as word places [first, last], in order."""
        found = []
        stems = self.words.stems
        for first in term.sequences.keys() & self.places.keys():
            for sequence in term.sequences[first]:
                size = len(sequence)
                for place in self.places[first]:
                    if size == 1 or (tuple(stems[place : place + size]) == sequence and self._joined(place, size)):
                        found.append((place, place + size - 1))
        if term.exact or term.prefixes:
            for place, form in enumerate(self.words.forms):
                if form in term.exact or form.startswith(term.prefixes):
                    found.append((place, place))
        return sorted(set(found)) if len(found) > 1 else found

    def _joined(self, place: int, size: int) -> bool:
        return self.sentences[place] == self.sentences[place + size - 1]

    def find(self, phrase: Phrase, gap: int = GAP) -> Match | None:
        """Give the first match of a phrase, or None."""
        for match in self.matches(phrase, gap):
            return match
        return None

    def matches(self, phrase: Phrase, gap: int = GAP) -> list[Match]:
        """Give the matches of a phrase, one a sentence at most."""
        found = []
        runs = []
        for part in phrase.parts:
            runs.append(self._runs(part, gap))
            if not runs[-1]:
                return []
        for number, (run, used) in runs[0].items():
            whole, places = [run], list(used)
            for part, others in zip(phrase.parts[1:], runs[1:], strict=True):
                other = next(iter(others.values())) if part.anywhere else others.get(number)
                if other is None:
                    break
                whole.append(other[0])
                places.extend(other[1])
            else:
                found.append(Match(tuple(whole), tuple(sorted(set(places)))))
        return found

    def _runs(self, part: Part, gap: int) -> dict[int, tuple[tuple[int, int], tuple[int, ...]]]:
        """Give, for each sentence that holds the part, its shortest run and the words used."""
        chains = [((first, last), tuple(range(first, last + 1))) for first, last in self.occurrences(part.terms[0])]
        for term in part.terms[1:]:
            if not chains:
                return {}
            chains = self._follow(chains, self.occurrences(term), gap)
        best: dict[int, tuple[tuple[int, int], tuple[int, ...]]] = {}
        for run, used in chains:
            number = self.sentences[run[0]]
            if number not in best or run[1] - run[0] < best[number][0][1] - best[number][0][0]:
                best[number] = (run, used)
        for term in part.forbidden:
            for place, _ in self.occurrences(term):
                best.pop(self.sentences[place], None)
        return best

    def _follow(self, chains: Chains, nexts: list[tuple[int, int]], gap: int) -> Chains:
        """Lengthen chains by the next term, keeping for each end the chain that begins latest."""
        longer: dict[int, tuple[tuple[int, int], tuple[int, ...]]] = {}
        for (start, end), used in chains:
            for first, last in nexts:
                near = end < first <= end + 1 + gap and self.sentences[first] == self.sentences[start]
                if near and (last not in longer or longer[last][0][0] < start):
                    longer[last] = ((start, last), used + tuple(range(first, last + 1)))
        return list(longer.values())


def _sentences(words: Words) -> list[int]:
    """Give the number of the sentence in which each word stands.

    A link ends a sentence. In a row of hashtags each stands for itself, but for one that leans on text beside the row.
    """
    numbers, number = [], 0
    apart = _rows_of_tags(words)
    for place, start in enumerate(words.starts):
        if place and (place in apart or _ends(words, place - 1, start)):
            number += 1
        numbers.append(number)
    return numbers


def _ends(words: Words, before: int, start: int) -> bool:
    between = words.text[words.ends[before] : start]
    if len(between) < 2:
        return between == FIELD_BREAK
    if "http" in between or "www." in between:
        return True
    return bool(_SENTENCE_END.search(between)) and not (between[0] == "." and _abbreviated(words, before))


def _abbreviated(words: Words, place: int) -> bool:
    """Tell whether a word is an abbreviation, or the last letter of one ("U.S")."""
    two_letters = words.text[max(0, words.starts[place] - 2) : words.ends[place]].lower()
    return words.forms[place] in ABBREVIATIONS or two_letters in ABBREVIATIONS


def _rows_of_tags(words: Words) -> frozenset[int]:
    """Give the places of words before which a row of hashtags is cut."""
    if len(words.tags) < 2:
        return frozenset()
    text = words.text
    cuts: set[int] = set()
    rows: list[list[tuple[str, int, int]]] = []
    for tag in words.tags:
        if rows and not text[rows[-1][-1][2] : tag[1]].strip():
            rows[-1].append(tag)
        else:
            rows.append([tag])
    for row in rows:
        first, last = bisect_left(words.starts, row[0][1]), bisect_left(words.starts, row[-1][2])
        leans_back = first > 0 and not _ends(words, first - 1, words.starts[first])
        leans_on = last < len(words.starts) and not _ends(words, last - 1, words.starts[last])
        if len(row) > 1 and not (leans_back and leans_on and len(row) <= _INLINE):
            cut = row[1:] if leans_back else row[:1] + row[1:-1] if leans_on else row
            cuts.update(bisect_left(words.starts, start) for _, start, _ in cut)
            cuts.update(bisect_left(words.starts, end) for _, _, end in cut if not leans_back)
    return frozenset(cuts)
