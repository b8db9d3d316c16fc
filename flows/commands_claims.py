"""The commands about what is claimed: explain a text; list, show, check, test and draft the known claims."""

import difflib
import json
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from flows.cli import Sorry, app, here
from flows.commands_ask import newest_snapshot, print_table
from flows.settings import Settings, settings
from nlp.knowledge import FAMILIES, HERE, BadKnowledge, Claim, load

if TYPE_CHECKING:
    from flows.claims import Draft
    from flows.explain import Stored
    from nlp.tags import Document

claims_app = typer.Typer(
    help="What is known about false health claims: list it, check it, test it, add to it.",
    epilog='Example: `auscult claims draft "5g towers" --family vaccine-plot`',
    no_args_is_help=True,
)
app.add_typer(claims_app, name="claims")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
FamilyOption = Annotated[str | None, typer.Option(help="Only claims of this family.")]


class Kind(StrEnum):
    """What may be suddenly frequent."""

    hashtag = "hashtag"
    link = "link"
    words = "words"


@app.command(epilog='Example: `auscult explain "vaccines cause autism, wake up"`')
def explain(
    text: Annotated[str, typer.Argument(help="A text; - for standard input; with --platform the id of a post.")],
    platform: Annotated[str | None, typer.Option(help="The text is the id of this platform's post.")] = None,
    bio: Annotated[str | None, typer.Option(help="What the author's bio says.")] = None,
    name: Annotated[str | None, typer.Option(help="The author's name.")] = None,
    url: Annotated[list[str] | None, typer.Option(help="A link of the post; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="The platform's word for the language: en.")] = None,
    careful: Annotated[bool, typer.Option(help="Let the careful reader look at what may be a signal.")] = True,
    as_json: Json = False,
) -> None:
    """Show all that the tagger says of a text or a stored post, and why: claims, stance, words, sources."""
    from flows.explain import as_json as json_of
    from flows.explain import explained
    from flows.explanation import print_explanation

    if platform is None:
        from nlp.tags import Document

        config, stored = settings(os.environ), None
        known = Document(_typed(text), name=name, bio=bio, language=language, urls=tuple(url or ()))
    else:
        config, known, stored = _of_snapshot(platform, text)
        given = {"name": name, "bio": bio, "language": language, "urls": tuple(url or ())}
        known = msgspec.structs.replace(known, **{field: value for field, value in given.items() if value})
    found = explained(config, known, careful=careful, stored=stored)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(json_of(found)) + b"\n")
    else:
        print_explanation(found)


def _typed(text: str) -> str:
    typed = sys.stdin.read() if text == "-" else text
    if not typed.strip():
        raise Sorry("nothing to explain: expected a text, got none", 2)
    if typed.strip().isdecimal():
        print("auscult: these digits are read as a text; a post's id needs --platform, such as x", file=sys.stderr)
    return typed.strip("\n")


def _of_snapshot(platform: str, post_id: str) -> tuple[Settings, "Document", "Stored"]:
    from flows.explain import stored_post

    found = stored_post(newest_snapshot(), platform, post_id)
    if found is None:
        raise Sorry(f"the newest snapshot holds no post {post_id} of {platform}", 1)
    if not found[0].text:
        raise Sorry(f"the text of {platform} post {post_id} is not known yet", 1)
    return settings(os.environ), *found


@claims_app.command("list", epilog="Example: `auscult claims list --family cancer-cure`")
def list_claims(
    family: FamilyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List the known claims: the shipped ones and those of your own (AUSCULT_CLAIMS)."""
    claims = _of_family(_claims(settings(os.environ)), family)
    if as_json:
        for claim in claims:
            print(msgspec.json.encode(claim).decode())
        return
    rows = [(c.id, c.family, c.kind, c.risk, c.statement, "own" if is_own(c) else "") for c in claims]
    print_table(("claim", "family", "kind", "risk", "statement", ""), rows)


@claims_app.command("show", epilog="Example: `auscult claims show vaccines-cause-autism`")
def show_claim(claim_id: Annotated[str, typer.Argument(metavar="ID", help="Its id.")], as_json: Json = False) -> None:
    """Show all that is known about one claim: why it is wrong, the source, its phrases, its examples."""
    claim = _named(_claims(settings(os.environ)), claim_id)
    if as_json:
        print(msgspec.json.encode(claim).decode())
        return
    for name in claim.__struct_fields__:
        value = getattr(claim, name)
        if name == "examples":
            value = tuple(f"{example.stance:<9} {example.text}" for example in value)
        lines = value if isinstance(value, tuple) else (value,)
        for place, line in enumerate(lines):
            print(f"{name.replace('_', ' ') if place == 0 else '':<14} {line}")


@claims_app.command("check", epilog="Example: `auscult claims check my-claims/`")
def check_claims(
    path: Annotated[Path | None, typer.Argument(help="A file or folder of your own; else all that is in use.")] = None,
) -> None:
    """Check claims: a bad entry is named with file, entry and field (exit 2). Their examples: `claims test`."""
    from flows.claims import checked

    try:
        found = checked(path or settings(os.environ).claims_path)
    except BadKnowledge as error:
        raise Sorry(str(error), 2) from None
    own = sum(is_own(claim) for claim in found.claims)
    print(f"no fault found in {len(found.claims)} claims, {own} of them your own; rules {found.rules}")


@claims_app.command("test", epilog="Example: `auscult claims test vaccines-cause-autism`")
def check_examples(
    claim_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this claim.")] = None,
    family: FamilyOption = None,
    own: Annotated[bool, typer.Option(help="Only the claims of your own (AUSCULT_CLAIMS).")] = False,
    careful: Annotated[bool, typer.Option(help="Let the careful reader look at what may be a signal.")] = True,
) -> None:
    """Tag the claims' own examples and report each that comes out otherwise than it says (exit 1)."""
    from flows.claims import failures
    from flows.tagging import tagger

    config = settings(os.environ)
    with_rules = tagger(config, careful=careful)
    claims = _of_family(with_rules.claims, family)
    if claim_id is not None:
        claims = [_named(claims, claim_id)]
    count, failed = failures(with_rules, [claim for claim in claims if is_own(claim) or not own])
    for answer in failed:
        print(f"{answer.claim.id}: expected {answer.expected}, got {answer.got}: {answer.text}")
    print(f"{len(failed)} of {count} examples fail")
    if failed:
        raise typer.Exit(1)


@claims_app.command("new", epilog="Example: `auscult claims new --kind hashtag`")
def list_new(
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind.")] = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List what many say of late and no listed claim knows: false claims that the careful reader hears come first."""
    from warehouse.bursts import bursts

    found = bursts(newest_snapshot(), kind, most)
    if as_json:
        for each in found:
            print(msgspec.json.encode(each).decode())
        return
    if not found:
        print("nothing is new: no hashtag, link or words in posts without a listed claim are suddenly frequent")
        return
    columns = ("kind", "phrase", "posts", "false claims", "accounts", "account-days before", "example")
    rows = [
        (b.kind, b.phrase, b.posts, b.unlisted_posts, b.authors, b.past_author_days, " ".join(b.examples[0].split()))
        for b in found
    ]
    print_table(columns, rows)
    print('If one states a false claim, draft it: auscult claims draft "PHRASE" --from-burst')


@claims_app.command("draft", epilog='Example: `auscult claims draft "5g towers" --family vaccine-plot`')
def draft_claim(
    phrase: Annotated[str, typer.Argument(help="The words that state it, in their order.")],
    family: Annotated[str, typer.Option(help="The family that it belongs to.")] = "other-health-falsehood",
    from_burst: Annotated[
        bool, typer.Option("--from-burst", help="Take examples from the seven days in which most posts hold it.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write it to this file; else into the home.")] = None,
) -> None:
    """Draft a claim from a phrase, with examples from the newest snapshot, for a clinician to fill in."""
    from flows.claims import burst, draft, posts_that_hold, toml
    from warehouse.query import newest

    _of_family((), family)
    home, config = here()
    snapshot = newest(home.path)
    try:
        posts = posts_that_hold(snapshot, phrase) if snapshot else []
        made = draft(config, phrase, family, burst(posts) if from_burst else posts)
    except BadKnowledge as error:
        raise Sorry(f"this cannot be a phrase: {error}", 2) from None
    path = (out or home.path / "drafts" / f"{made.claim_id}.toml").absolute()
    _write_new(path, toml(made))
    _say_next(made, path, snapshot is not None, config)


def _write_new(path: Path, content: str) -> None:
    if path.resolve().is_relative_to(HERE):
        raise Sorry(f"{path}: a draft does not belong among the shipped claims; name another file with --out", 2)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        raise Sorry(f"{path} is there already: name another file with --out", 1) from None
    except OSError as error:
        raise Sorry(f"{path}: {error.strerror}", 1) from None


def _say_next(made: "Draft", path: Path, published: bool, config: Settings) -> None:
    where = config.claims_path or "a folder of your own, which AUSCULT_CLAIMS names,"
    taken = f"{len(made.examples)} of the {made.held} posts that hold it are its examples"
    print(f"{path}: draft of claim {made.claim_id} in family {made.family}")
    print(taken if made.held else "no post holds it: write its examples" if published else "nothing is published yet")
    print("What to do next:")
    print("  1. Have a clinician fill in what is empty: statement, wrong_because, source, harm, reviewer, reviewed.")
    print("  2. Correct the stances of the examples; put their texts, which are real posts', into your own words.")
    print(f"  3. auscult claims check {path}  (refuses it until all is filled in)")
    print(f"  4. Move it into {where} and run: auscult claims test {made.claim_id}")


def is_own(claim: Claim) -> bool:
    """Tell whether a claim is the user's own, not a shipped one."""
    return Path(claim.file).parent != HERE / "claims"


def _claims(config: Settings) -> tuple[Claim, ...]:
    try:
        return load(HERE, config.claims_path)[1]
    except BadKnowledge as error:
        raise Sorry(str(error), 2) from None


def _of_family(claims: Sequence[Claim], family: str | None) -> list[Claim]:
    if family is not None and family not in FAMILIES:
        raise Sorry(f"--family: expected one of {', '.join(FAMILIES)}, got {family!r}", 2)
    return [claim for claim in claims if family in (None, claim.family)]


def _named(claims: Sequence[Claim], claim_id: str) -> Claim:
    for claim in claims:
        if claim.id == claim_id:
            return claim
    near = difflib.get_close_matches(claim_id, [claim.id for claim in claims], n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise Sorry(f"there is no claim {json.dumps(claim_id)}{hint}", 2)
