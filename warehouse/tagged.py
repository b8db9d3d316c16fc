"""What the loader reads from the stream: an event, its tags where it is a post with text, and where it came from."""

import msgspec

from listeners.events import Event
from nlp.tags import Tags


class Origin(msgspec.Struct, frozen=True):
    """The place of an event in the topic `posts`."""

    partition: int
    offset: int


class Tagged(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event on its way to the warehouse; `tags` is None for what is not tagged."""

    event: Event
    origin: Origin
    tags: Tags | None = None


encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Tagged)


def decode(value: bytes) -> Tagged:
    """Read one tagged event. Raises msgspec.DecodeError where it is none."""
    read: Tagged = _decoder.decode(value)
    return read
