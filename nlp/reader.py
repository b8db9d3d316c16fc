"""The careful reader: a small transformer that reads again what may be a signal. No claim is known here.

It gives, for a text, how likely it promotes a false health claim, which stance it takes and which family it is of.
The model, its card and its measured figures stand in `nlp/model`; `nlp/train_reader.py` makes it.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy
import onnxruntime
from tokenizers import Encoding, Tokenizer

from nlp.hashtags import frequencies, split
from nlp.knowledge import HERE
from nlp.normalise import LEET

MODEL = HERE / "model"
LONGEST = 96
"""So many tokens the model reads at once; a longer text is read in parts that overlap by half."""
REMEMBERED = 20_000
MOST_CLAIMS = 12

_REPOST = re.compile(r"^\s*(?:RT|MT)\s+@\w+:?\s*")
_LINK = re.compile(r"(?:https?://|www\.)\S+|https?:?…?$|\bh?t?t?ps?:?…$")
_MENTION = re.compile(r"(?<!\w)@\w+")
_TAG = re.compile(r"[#＃](\w+)")
_MIXED = re.compile(r"(?<!\w)[a-z]+(?:[@$01345]+[a-z]+)+(?!\w)", re.IGNORECASE)
_EMOJI = re.compile(
    r"([\u2600-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001faff])(?:[\u200d\ufe0f\U0001f3fb-\U0001f3ff]|\1)*"
)
_SPACE = re.compile(r"\s+")


class ModelFile(msgspec.Struct, frozen=True):
    """The file `nlp/model/model.json`: what the outputs mean; `claims` once they are fitted, NO_CLAIM among them."""

    release: str
    stances: tuple[str, ...]
    themes: tuple[str, ...]
    claims: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What the reader says of a text: probabilities, 0 to 1, of `signal`, of each stance (they sum to one), and of each
    theme by itself: the families of claims, and concerns that are heard by themselves, by the id of their claim.
    `claims`: which of the known claims the text is about, if it is about one, or NO_CLAIM for another; the MOST_CLAIMS
    likeliest.
    """

    signal: float
    stances: dict[str, float]
    themes: dict[str, float]
    claims: dict[str, float]


def prepared(text: str) -> str:
    """Give the text as the model reads it: no links, no handles; hashtags, leetspeak and emoji as words.

    The training uses it too.
    """
    text = _REPOST.sub("", html.unescape(text))
    text = _MENTION.sub("@user", _LINK.sub(" ", text))
    text = _TAG.sub(lambda tag: "# " + _words_of(tag[1]), text)
    text = _MIXED.sub(lambda word: _plain(word[0]), text)
    text = _EMOJI.sub(lambda emoji: f" {unicodedata.name(emoji[1], '').lower()} ", text)
    return _SPACE.sub(" ", text).strip()


@cache
def _vocabulary() -> dict[str, float]:
    return frequencies(HERE / "vocabulary.csv")


@lru_cache(REMEMBERED)
def _words_of(tag: str) -> str:
    return " ".join(word for word, _, _ in split(tag, _vocabulary()))


def _plain(word: str) -> str:
    """Give the known word that leetspeak hides; short ones with digits are names of genes and the like."""
    plain = word.lower().translate(LEET)
    hides = (len(plain) > 3 or not any(map(str.isdigit, word))) and plain in _vocabulary()
    return plain if hides else word


class CarefulReader:
    """Reads texts with the shipped model, on one thread; `themes`: what it hears a text to be about."""

    def __init__(self, folder: Path = MODEL) -> None:
        file = msgspec.json.decode((folder / "model.json").read_bytes(), type=ModelFile)
        self.release, self.themes = file.release, file.themes
        self._stances, self._claims = file.stances, file.claims
        self._outputs = ["signal", "stance", "themes", *(["claims"] if file.claims else [])]
        self._remembered: dict[str, Reading] = {}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST, stride=LONGEST // 2)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "reader.onnx", options, ["CPUExecutionProvider"])

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Give a reading for each text, in order; of a long one, of the part that is likeliest a signal.

        Copies are read once.
        """
        asked = [prepared(text) for text in texts]
        for text in asked:
            if text not in self._remembered:
                self._remembered[text] = self._one(text)
        readings = [self._remembered[text] for text in asked]
        for text in list(self._remembered)[: max(0, len(self._remembered) - REMEMBERED)]:
            del self._remembered[text]
        return readings

    def _one(self, text: str) -> Reading:
        # One text at a time: the quantised model scales its numbers by all that it reads at once, so that in a batch a
        # text's reading would hang on its neighbours.
        encoded = self._tokenizer.encode(text)
        return max(map(self._part, [encoded, *encoded.overflowing]), key=lambda reading: reading.signal)

    def _part(self, encoded: Encoding) -> Reading:
        ids = numpy.array([encoded.ids], dtype=numpy.int64)
        mask = numpy.array([encoded.attention_mask], dtype=numpy.int64)
        signal, stance, themes, *claims = self._session.run(self._outputs, {"input_ids": ids, "attention_mask": mask})
        return Reading(
            _sigmoid(signal[0]),
            dict(zip(self._stances, _softmax(stance[0]), strict=True)),
            dict(zip(self.themes, map(_sigmoid, themes[0]), strict=True)),
            likeliest(self._claims, claims[0][0]) if claims else {},
        )


def likeliest(
    claims: Sequence[str], logits: "numpy.ndarray[tuple[int], numpy.dtype[numpy.float32]]"
) -> dict[str, float]:
    """Give the probabilities of the MOST_CLAIMS likeliest claims, by their logits."""
    probabilities = dict(zip(claims, _softmax(logits), strict=True))
    return {
        claim_id: probabilities[claim_id] for claim_id in sorted(claims, key=probabilities.__getitem__)[-MOST_CLAIMS:]
    }


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + numpy.exp(-logit)))


def _softmax(logits: "numpy.ndarray[tuple[int], numpy.dtype[numpy.float32]]") -> list[float]:
    powers = numpy.exp(logits - logits.max())
    return [float(power) for power in powers / powers.sum()]
