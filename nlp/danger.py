"""Whether a person may be in danger of harming themselves: such posts go to people; nothing of the author is kept."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from nlp.knowledge import decode
from nlp.phrases import Compiler, PhraseIndex, Scene

_GAP = 2


class DangerFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `nlp/danger.toml`."""

    phrases: tuple[str, ...]


class Danger:
    """Words of people who may be in danger."""

    def __init__(self, path: Path, compiler: Compiler, logs: Mapping[str, float]) -> None:
        self._filed: PhraseIndex[None] = PhraseIndex(logs)
        for source in decode(path, DangerFile).phrases:
            self._filed.add(compiler.phrase(source), None)

    def possible(self, keys: frozenset[str]) -> bool:
        """Tell, cheaply, whether `shown` is worth asking."""
        return bool(self._filed.possible(keys))

    def shown(self, scene: Scene, keys: frozenset[str]) -> bool:
        """Tell whether the post holds such words."""
        return any(scene.find(phrase, _GAP) for phrase, _ in self._filed.possible(keys))
