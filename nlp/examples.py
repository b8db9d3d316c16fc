"""The claims' own examples as their tests: what the tagger says of each, and where that is wrong.

Where a claim is asserted it must be found as promoted, and nothing else may be. A question, a report or a refutation
may leave it out of play, for phrases need only find a claim where it is stated; in play, its stance must be right.
"""

from collections.abc import Iterable
from typing import NamedTuple

from nlp.knowledge import Claim
from nlp.pipeline import Tagger
from nlp.tags import Document


class Answer(NamedTuple):
    """What the tagger said of one example; `got` is a stance, or none."""

    claim: Claim
    text: str
    expected: str
    got: str

    @property
    def wrong(self) -> bool:
        """Tell whether the example fails: a signal missed, raised where there is none, or another stance."""
        return self.got != self.expected and not (self.got == "none" and self.expected != "promotes")

    @property
    def misleading(self) -> bool:
        """Tell whether the example fails in what matters most: promoted or not."""
        return (self.got == "promotes") != (self.expected == "promotes")


def answers(tagger: Tagger, claims: Iterable[Claim]) -> list[Answer]:
    """Give an answer for each example of each claim."""
    asked = [(claim, example) for claim in claims for example in claim.examples]
    found = tagger.tag([Document(example.text, language="en") for _, example in asked])
    return [
        Answer(
            claim,
            example.text,
            example.stance,
            next((mention.stance for mention in tags.claims if mention.claim_id == claim.id), "none"),
        )
        for (claim, example), tags in zip(asked, found, strict=True)
    ]
