"""The careful reader: a small transformer that reads again what may be a signal. No claim is known here.

It gives, for a text, how likely it promotes a false health claim, which stance it takes and which family it is of.
The model, its card and its measured figures stand in `nlp/model`; `nlp/train_reader.py` makes it.
"""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy
import onnxruntime
from tokenizers import Tokenizer

from nlp.knowledge import HERE

MODEL = HERE / "model"
LONGEST = 96
REMEMBERED = 20_000

_REPOST = re.compile(r"^\s*(?:RT|MT)\s+@\w+:?\s*")
_LINK = re.compile(r"(?:https?://|www\.)\S+|https?:?…?$|\bh?t?t?ps?:?…$")
_MENTION = re.compile(r"(?<!\w)@\w+")
_TAG = re.compile(r"[#＃](\w+)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d{2})|_")
_SPACE = re.compile(r"\s+")


class ModelFile(msgspec.Struct, frozen=True):
    """The file `nlp/model/model.json`: what the outputs mean."""

    release: str
    stances: tuple[str, ...]
    themes: tuple[str, ...]


class Reading(NamedTuple):
    """What the reader says of a text: probabilities, 0 to 1, of `signal`, of each stance (they sum to one), and of each
    theme by itself: the families of claims, and distrust of makers and of politicians.
    """

    signal: float
    stances: dict[str, float]
    themes: dict[str, float]


def prepared(text: str) -> str:
    """Give the text as the model reads it: no links, no handles, hashtags as words. The training uses it too."""
    text = _REPOST.sub("", html.unescape(text))
    text = _MENTION.sub("@user", _LINK.sub(" ", text))
    text = _TAG.sub(lambda tag: "# " + _HUMP.sub(" ", tag[1]), text)
    return _SPACE.sub(" ", text).strip()


class CarefulReader:
    """Reads texts with the shipped model, on one thread."""

    def __init__(self, folder: Path = MODEL) -> None:
        file = msgspec.json.decode((folder / "model.json").read_bytes(), type=ModelFile)
        self.release = file.release
        self._stances, self._themes = file.stances, file.themes
        self._remembered: dict[str, Reading] = {}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "reader.onnx", options, ["CPUExecutionProvider"])

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Give a reading for each text, in order. Reposts and copies are read once."""
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
        ids = numpy.array([encoded.ids], dtype=numpy.int64)
        mask = numpy.array([encoded.attention_mask], dtype=numpy.int64)
        signal, stance, themes = self._session.run(
            ["signal", "stance", "themes"], {"input_ids": ids, "attention_mask": mask}
        )
        return Reading(
            _sigmoid(signal[0]),
            dict(zip(self._stances, _softmax(stance[0]), strict=True)),
            dict(zip(self._themes, map(_sigmoid, themes[0]), strict=True)),
        )


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + numpy.exp(-logit)))


def _softmax(logits: "numpy.ndarray[tuple[int], numpy.dtype[numpy.float32]]") -> list[float]:
    powers = numpy.exp(logits - logits.max())
    return [float(power) for power in powers / powers.sum()]
