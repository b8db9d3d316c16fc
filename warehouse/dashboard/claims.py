"""What is known of each claim: its statement, why it is wrong and the source, read as data from the claim files."""

from functools import cache
from importlib.resources import files

import msgspec


class Claim(msgspec.Struct, frozen=True):
    """A known claim. `kind`: falsifiable or concern; `harm`: what follows from believing it."""

    id: str
    kind: str
    statement: str
    wrong_because: str
    source: str
    risk: str = ""
    harm: str = ""


class _Family(msgspec.Struct, frozen=True):
    claim: tuple[Claim, ...] = ()


UNLISTED = "-unlisted"  # how the tagger names a false claim of a family that no list holds yet


@cache
def claims() -> dict[str, Claim]:
    """Give every known claim by id."""
    folder = files("nlp") / "claims"
    texts = (entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {claim.id: claim for text in texts for claim in msgspec.toml.decode(text, type=_Family).claim}


def claim(claim_id: str) -> Claim:
    """Give a claim; one that is no longer known still has its id for a statement."""
    statement = claim_id.replace("-", " ").capitalize()
    if claim_id.endswith(UNLISTED):
        statement = f"{family_name(claim_id.removesuffix(UNLISTED))}: a claim that is on no list yet"
    unknown = Claim(claim_id, "falsifiable", statement, "", "")
    return claims().get(claim_id, unknown)


def family_name(family: str) -> str:
    """Give the name of a family of claims as people read it."""
    return family.replace("-", " ").capitalize().replace(" dna", " DNA")
