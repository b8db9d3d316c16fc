"""What the tagger says of messages and documents: no loop and no Prefect here.

One document that the tagger cannot bear must not stop the stream: it becomes a reason, and the reason a dead letter.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from flows.settings import BadSetting, Settings
from listeners import events
from listeners.stream import Message
from nlp.knowledge import BadKnowledge
from nlp.pipeline import SecondReader, Tagger
from nlp.tags import Document, Tags
from warehouse.tagged import Origin, Tagged


def tagger(config: Settings, *, careful: SecondReader | bool = True) -> Tagger:
    """Give the tagger with the shipped knowledge and the user's own claims. `careful`: the careful reader, if any; it
    is asked where the settings let it.

    Raises BadSetting naming file, entry and field of a bad entry.
    """
    try:
        return Tagger(careful=config.careful and careful, patients_on_x=config.infer_patients, own=config.claims_path)
    except BadKnowledge as error:
        raise BadSetting(str(error)) from None


def document(seen: events.PostSeen) -> Document:
    """Give what the tagger reads of a post."""
    post, identity = seen.post, seen.identity or events.Identity()
    return Document(
        text=post.text or "",
        name=identity.name,
        bio=identity.bio,
        language=post.language,
        urls=tuple(link.resolved or link.url for link in post.links),
        link_titles=tuple(link.title for link in post.links),
        link_descriptions=tuple(link.description for link in post.links),
        media_alts=post.media_alts,
        platform=post.platform,
    )


def tag_messages(tagger: Tagger, messages: Sequence[Message], now: datetime) -> list[Tagged]:
    """Give each message's event with its tags, in order; one that cannot be read becomes a `Rejected`."""
    read = [_event(message, now) for message in messages]
    posts = {n: event for n, event in enumerate(read) if isinstance(event, events.PostSeen) and event.post.text}
    tags = dict(zip(posts, tags_or_reasons(tagger, [document(seen) for seen in posts.values()]), strict=True))
    results = []
    for n, (event, message) in enumerate(zip(read, messages, strict=True)):
        said, origin = tags.get(n), Origin(message.partition, message.offset)
        if isinstance(said, str):
            event, said = _rejected(message, said, now), None
        results.append(Tagged(event=event, origin=origin, tags=said))
    return results


def tags_or_reasons(tagger: Tagger, documents: Sequence[Document]) -> list[Tags | str]:
    """Give the tags of each document, or why it could not be tagged.

    One document that the tagger cannot bear must not stop the stream: the batch is halved until it stands alone.
    """
    try:
        return list(tagger.tag(documents))
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        if len(documents) == 1:
            return [f"tagger: {type(error).__name__}: {error}"]
        half = len(documents) // 2
        return tags_or_reasons(tagger, documents[:half]) + tags_or_reasons(tagger, documents[half:])


def _event(message: Message, now: datetime) -> events.Event:
    try:
        return events.decode(message.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _rejected(message, str(error), now)


def _rejected(message: Message, reason: str, now: datetime) -> events.Rejected:
    return events.rejected("stream", f"posts:{message.partition}:{message.offset}", reason, message.value, now)
