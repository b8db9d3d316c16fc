import csv
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listeners.events import AuthorRemoved, Collected, Identity, Link, Post, PostDeleted, PostSeen, rejected
from listeners.privacy import PSEUDONYM, Pseudonyms, known_organisations, organisations, pseudonymise

KEY = b"0123456789abcdef0123456789abcdef"
ORGANISATIONS = frozenset({"cdcgov", "who"})
P = Pseudonyms(KEY, ORGANISATIONS)
NOW = datetime(2026, 11, 22, tzinfo=UTC)

WORDS = ("RT", "via", "hi", "é", "(", "#afib", "…", "me@example.org", "https://t.co/a1", ".", "@", "\n", "日本")
handles = st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True).filter(lambda name: name.lower() not in ORGANISATIONS)
words = st.sampled_from(WORDS)


def seen(text: str, **post: object) -> PostSeen:
    whole = Post("x", "20", text=text, **post)  # type: ignore[arg-type]
    return PostSeen(whole, Collected("archive", "import"), NOW, Identity(author_id="7", handle="Some_One", name="One"))


def of(handle: str, platform: str = "x") -> str:
    return P.of_handle(platform, handle)


def test_a_handle_becomes_u_and_16_hex_digits_and_an_organisation_stays() -> None:
    assert P.text("x", "RT @Some_One: ask @CDCgov, not @some_one!") == (
        f"RT @{of('some_one')}: ask @CDCgov, not @{of('some_one')}!"
    )
    assert PSEUDONYM.fullmatch(of("some_one"))


@pytest.mark.parametrize(
    "text",
    [
        "write to info@hospital.example or john.doe+x@example.org",
        "at@journal and 5@night",
        "alone @ home, @, @@ and @é",
        "pic.twitter.com/AbC123 help.twitter.com/en netflix.com/title ox.com/a",
        "https://twitter.com/search?q=x https://x.com/i/status/12 twitter.com/hashtag/afib",
        "@CDCgov https://twitter.com/WHO https://t.co/AbC",
    ],
)
def test_what_names_no_person_stays_as_it_is(text: str) -> None:
    assert P.text("x", text) == text


@pytest.mark.parametrize(
    ("text", "platform", "gives"),
    [
        ("RT@foo: hi", "x", "RT@{foo}: hi"),
        (".@foo ＠foo @@foo (@foo) @foo's @foo-bar", "x", ".@{foo} ＠{foo} @@{foo} (@{foo}) @{foo}'s @{foo}-bar"),
        ("@foo@bar", "x", "@{foo}@{bar}"),
        ("@foo@bar.social. Thanks", "x", "@{foo@bar.social}. Thanks"),
        ("@foo.I agree", "x", "@{foo}.I agree"),
        ("@foo.b@bar.social and @foo", "mastodon", "@{foo.b@bar.social} and @{foo}"),
        ("@al.bsky.social.", "bluesky", "@{al.bsky.social}."),
        ("https://medium.com/@foo/a-story", "x", "https://medium.com/@{foo}/a-story"),
        ("https://twitter.com/foo/status/12?s=20", "x", "https://twitter.com/i/status/12?s=20"),
        ("http://www.twitter.com/#!/foo x.com/@foo", "x", "http://www.twitter.com/#!/{foo} x.com/@{foo}"),
        ("twitter.com/intent/user?screen_name=foo", "x", "twitter.com/intent/user?screen_name={foo}"),
    ],
)
def test_handles_are_found_wherever_they_stand(text: str, platform: str, gives: str) -> None:
    assert P.text(platform, text) == re.sub(r"\{(.*?)\}", lambda found: of(found[1], platform), gives)


def test_a_bluesky_profile_in_a_link_is_taken_out() -> None:
    assert P.text("bluesky", "https://bsky.app/profile/al.bsky.social/post/3k") == (
        f"https://bsky.app/profile/{of('al.bsky.social', 'bluesky')}/post/3k"
    )
    assert P.text("bluesky", "https://bsky.app/profile/did:plc:abc") == "https://bsky.app/profile/did:plc:abc"


@given(st.lists(st.one_of(words, handles.map("@".__add__)), max_size=12), st.sampled_from([" ", "", ": "]))
def test_no_handle_of_a_person_survives_and_twice_is_once(parts: list[str], between: str) -> None:
    text = between.join(parts)
    for platform in ("x", "mastodon"):
        once = P.text(platform, text)
        assert P.text(platform, once) == once
        for handle in re.findall(r"(?<![A-Za-z0-9_])[@＠]([A-Za-z0-9_]+)", once):
            assert PSEUDONYM.fullmatch(handle) or handle.lower() in ORGANISATIONS


@given(handles)
def test_a_handle_means_the_same_in_any_case_and_whatever_stands_around_it(handle: str) -> None:
    assert of(handle) == of(handle.upper()) == of(f"@{handle.lower()} ")
    assert P.text("x", f"hello @{handle}, again") == f"hello @{of(handle)}, again"


@given(handles, handles)
def test_different_handles_keys_and_platforms_give_different_pseudonyms(one: str, other: str) -> None:
    assert (of(one) == of(other)) == (one.lower() == other.lower())
    assert of(one) != of(one, "mastodon")
    assert of(one) != Pseudonyms(KEY[::-1], ORGANISATIONS).of_handle("x", one)


def test_an_event_holds_no_handle_but_in_its_identity() -> None:
    event = seen(
        "RT @Some_One: @WHO",
        mentions=("Some_One", "WHO", "some_one"),
        links=(Link("https://t.co/a", "https://twitter.com/Some_One", "Some on X: @Some_One", "by @Some_One"),),
        media_alts=("a picture of @Some_One",),
    )
    given_on = pseudonymise(event, P)
    assert isinstance(given_on, PostSeen)
    post = given_on.post
    assert "some_one" not in str(post).lower()
    assert post.mentions == (of("some_one"), "who")
    assert post.author == P.author("x", "7", "Some_One")
    assert given_on.identity is not None
    assert (given_on.identity.author, given_on.identity.alias) == (post.author, of("some_one"))
    assert given_on.identity.handle == "Some_One"
    assert pseudonymise(given_on, P) == given_on


def test_an_author_without_id_is_known_by_the_handle_and_needs_no_alias() -> None:
    event = PostSeen(Post("x", "20"), Collected("archive", "import"), NOW, Identity(handle="@Some_One"))
    given_on = pseudonymise(event, P)
    assert isinstance(given_on, PostSeen)
    assert given_on.identity is not None
    assert given_on.post.author == of("some_one") == P.author("x", None, "SOME_ONE")
    assert given_on.identity.alias is None


def test_an_organisations_author_is_a_pseudonym_whose_alias_reads() -> None:
    event = PostSeen(Post("x", "20"), Collected("archive", "import"), NOW, Identity(author_id="9", handle="CDCgov"))
    given_on = pseudonymise(event, P)
    assert isinstance(given_on, PostSeen)
    assert given_on.identity is not None
    assert PSEUDONYM.fullmatch(given_on.post.author or "")
    assert given_on.identity.alias == "cdcgov"


def test_a_post_of_nobody_known_stays_without_author() -> None:
    event = PostSeen(Post("x", "20", text="@foo"), Collected("archive", "import", query="@foo"), NOW)
    given_on = pseudonymise(event, P)
    assert isinstance(given_on, PostSeen)
    assert (given_on.post.author, given_on.identity) == (None, None)
    assert given_on.collected.query == f"@{of('foo')}"


def test_a_removed_author_is_named_as_their_posts_name_them() -> None:
    for author, pseudonym in (("7", P.author("x", "7", None)), ("Some_One", of("some_one")), (of("a"), of("a"))):
        removed = pseudonymise(AuthorRemoved("x", author, NOW), P)
        assert isinstance(removed, AuthorRemoved)
        assert removed.author == pseudonym


def test_events_about_nobody_and_rejected_bytes_pass_unchanged() -> None:
    for event in (PostDeleted("x", "20", NOW), rejected("archive", "f:1", "why", b"@foo", NOW)):
        assert pseudonymise(event, P) is event


def test_the_list_of_organisations_is_long_and_each_stands_once() -> None:
    listed = known_organisations()
    assert len(listed) >= 150
    assert len({organisation.handle.lower() for organisation in listed}) == len(listed)
    assert {organisation.kind for organisation in listed} == {"agency", "society", "hospital", "journal"}
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,15}", organisation.handle) for organisation in listed)
    assert all(organisation.name.strip() for organisation in listed)
    table = files("listeners").joinpath("organisations.csv").read_text(encoding="utf-8")
    assert next(csv.reader([table.splitlines()[0]])) == ["handle", "name", "kind"]


def test_the_users_own_accounts_stay_readable_too() -> None:
    assert {"cdcgov", "our_clinic"} <= organisations(["@Our_Clinic"])
