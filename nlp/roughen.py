"""The same words in another form, as people write them: for the training of the careful reader only.

Those who write sentences for training let people who debunk end with a full stop and people who promote with an emoji;
a reader learns that sooner than what is said. So each time it sees a text in another form, and form tells it nothing.
"""

import random
import re
from collections.abc import Sequence

ENDS = (".", "!", "!!!", "...", "…", " !!")
STARTS = (
    "@user", "@user @user", "Look:", "PSA:", "Reminder:", "Thread:", "1/", "So", "Ok", "Ok so", "Hey", "Friends,",
    "FYI", "Note:", "Honestly,", "Well.", "Today:", "This:", "Update:", "Just saying:", "Seen today:", "tbh", "Again:",
)  # fmt: skip
REMARKS = (
    "via @user", "tbh", "lol", "smh", "fyi", "just saying", "ok?", "thread", "more below", "read that again", "😂",
    "👇", "🙏", "❤️", "👀", "💯", "😊", "🔥", "💉", "😅", "🤔", "🙄", "🤷", "😳", "✨", "🌿", "🧵",
)  # fmt: skip
_END = re.compile(r"[.!…]+\s*$")
_MARKS = (re.compile(r"(?<!\d)[,.;:](?=\s)"), re.compile(r"(?<=\w)['’](?=\w)"), re.compile(r"[–—-](?=\s)"))
_LONG = re.compile(r"[a-z]{5,}")


def roughened(text: str, tags: Sequence[str], rng: random.Random) -> str:
    """Give `text` with other marks, a start, an end or a slip of the keys that says nothing; often as it is.

    `tags`: hashtags, without '#', that say nothing of a stance.
    """
    if rng.random() < 0.15:
        text = rng.choice(_MARKS).sub("", text)
    if rng.random() < 0.08:
        text = text.replace('"', "").replace("“", "").replace("”", "")
    if rng.random() < 0.15:
        text = _slip(text, rng)
    if rng.random() < 0.55:
        text = _END.sub("", text)
        if rng.random() < 0.5 and text[-1:].isalnum():
            text += rng.choice(ENDS)
    if rng.random() < 0.2:
        text = f"{rng.choice(STARTS)} {text}"
    if rng.random() < 0.2:
        text = f"{text} {rng.choice(REMARKS)}"
    if rng.random() < 0.25:
        text = " ".join([text, *(f"#{tag}" for tag in rng.sample(tags, rng.randint(1, 3)))])
    return text


def _slip(text: str, rng: random.Random) -> str:
    """Give the text with two letters of a long word exchanged, or one left out."""
    words = list(_LONG.finditer(text))
    if not words:
        return text
    at = rng.randrange((word := rng.choice(words)).start() + 1, word.end() - 2)
    middle = text[at + 1] + text[at] if rng.random() < 0.5 else text[at]
    return text[:at] + middle + text[at + 2 :]
