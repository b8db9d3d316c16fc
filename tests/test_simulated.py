"""The simulated week: the same each time, true to its own figures, and consistent like a platform's."""

import csv
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from listeners import simulated_texts
from listeners.events import CountsSeen, Event, Gap, PostDeleted, PostSeen, Rejected, WindowListened, decode, encode
from listeners.simulated import labels, truth, week
from listeners.simulated_authors import gather, writers
from listeners.simulated_texts import CONCERNS, LISTENED, BadText, conversations, entries, marks, pool

POSTS = 30_000


@cache
def events() -> tuple[Event, ...]:
    return tuple(week(seed=1, posts=POSTS))


@cache
def seen() -> dict[str, list[PostSeen]]:
    """Every state of every post, the newest text last."""
    states: dict[str, list[PostSeen]] = {}
    for event in events():
        if isinstance(event, PostSeen):
            states.setdefault(event.post.post_id, []).append(event)
    for found in states.values():
        found.sort(key=lambda event: event.observed_at)
    return states


@cache
def figures() -> dict:
    return truth(seed=1, posts=POSTS)


def of_kind(kind: type) -> list:
    return [event for event in events() if isinstance(event, kind)]


def test_the_same_seed_gives_the_same_bytes():
    once, again = (b"".join(map(encode, week(3, 2_000))) for _ in range(2))
    assert once == again


def test_other_arguments_give_other_ids():
    ids = [
        {event.post.post_id for event in week(*arguments) if isinstance(event, PostSeen)}
        for arguments in ((1, 500), (2, 500), (1, 501), (1, 500, date(2026, 5, 4)))
    ]
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_it_has_as_many_posts_as_asked_for():
    for posts in (1, 50, 700, 3_000):
        assert len({event.post.post_id for event in week(1, posts) if isinstance(event, PostSeen)}) == posts
    assert len(seen()) == POSTS


def test_it_lies_in_the_week_of_the_meeting_or_in_the_one_asked_for():
    created = [event.post.created_at for event in of_kind(PostSeen)]
    assert min(created) >= datetime(2026, 4, 20, tzinfo=UTC)
    assert max(created) < datetime(2026, 4, 27, tzinfo=UTC)
    moved = [event.post.created_at for event in week(1, 500, date(2026, 6, 1)) if isinstance(event, PostSeen)]
    assert {moment.date() for moment in moved} <= {date(2026, 6, day) for day in range(1, 8)}


def test_events_survive_the_stream():
    for event in list(week(1, 300)):
        assert decode(encode(event)) == event


def test_most_events_arrive_in_order_and_some_late():
    moments = [event.observed_at for event in events()]
    late = sum(later < earlier for earlier, later in pairwise(moments))
    assert 0 < late < len(moments) * 0.05


def test_some_posts_arrive_twice_in_the_same_words():
    repeated = Counter(encode(event) for event in of_kind(PostSeen))
    assert POSTS * 0.01 < sum(count - 1 for count in repeated.values()) < POSTS * 0.04


def test_at_least_six_hundred_distinct_texts_were_written():
    texts = [entry.text for entry in entries()]
    assert len(set(texts)) >= 600
    assert len({re.sub(r"\W+", " ", text).casefold() for text in texts}) == len(texts)


def test_every_entry_says_what_it_is():
    for entry in entries():
        assert (entry.stance == "none") <= (entry.family == "none"), entry.place
        assert entry.stance != "promotes" or entry.claim, entry.place
        assert entry.stance != "debunks" or entry.family != "none", entry.place
        assert bool(entry.claim) <= (entry.family != "none"), entry.place


def test_a_claim_has_one_family():
    families: dict[str, set[str]] = {}
    for entry in entries():
        if entry.claim:
            families.setdefault(entry.claim, set()).add(entry.family)
    assert {claim: found for claim, found in families.items() if len(found) > 1} == {}


def test_texts_for_a_claim_are_for_one_that_is_promoted():
    promoted = {entry.claim for entry in entries() if entry.stance == "promotes"}
    for name in ("replies", "quotes"):
        named = {to.removeprefix("question:") for to in pool(name) if entry_claim(name, to)}
        assert named <= promoted


def entry_claim(name: str, to: str) -> bool:
    """Whether `to` names a claim and no situation or family: its debunks name that claim."""
    return any(entry.claim == to.removeprefix("question:") for entry in pool(name)[to])


def test_posts_fit_a_platform():
    for entry in entries():
        assert len(entry.text) <= 400, entry.place


def test_every_hashtag_and_mention_stands_in_the_text():
    for states in seen().values():
        for event in states:
            text = event.post.text.lower()
            assert all(f"#{tag}" in text for tag in event.post.hashtags)
            assert all(f"@{handle}" in text for handle in event.post.mentions)


def test_every_post_was_found_by_a_tag_that_was_listened_to():
    assert {event.collected.query for event in of_kind(PostSeen)} == {f"#{tag}" for tag in LISTENED}
    assert {event.collected.method for event in of_kind(PostSeen)} == {"simulated"}
    registry = Path(simulated_texts.__file__).with_name("hashtags.csv")
    registered = {row["tag"] for row in csv.DictReader(registry.read_text(encoding="utf-8").splitlines())}
    assert set(LISTENED) <= registered


def test_relations_lead_to_earlier_posts():
    for states in seen().values():
        post = states[0].post
        for other in (post.in_reply_to, post.root, post.quote_of, post.repost_of):
            if other:
                assert seen()[other][0].post.created_at <= post.created_at


def test_a_repost_repeats_what_stood_there():
    for states in seen().values():
        post = states[0].post
        if post.repost_of:
            originals = seen()[post.repost_of]
            handle = originals[0].identity.handle
            assert post.text in {f"RT @{handle}: {original.post.text}" for original in originals}


def test_nobody_reposts_the_same_post_twice():
    reposts = [
        (states[0].post.repost_of, states[0].identity.author_id)
        for states in seen().values()
        if states[0].post.repost_of
    ]
    assert len(set(reposts)) == len(reposts)


def test_an_edit_keeps_the_id_and_comes_later():
    edited = [states for states in seen().values() if states[-1].post.edited_at]
    assert len(edited) >= figures()["edited"] > 50
    for states in edited:
        last = states[-1].post
        assert last.created_at <= last.edited_at <= states[-1].observed_at
        assert {state.post.created_at for state in states} == {last.created_at}
        assert len({state.post.text for state in states}) <= 2


def test_deletions_are_of_known_posts_and_come_after_them():
    deleted = of_kind(PostDeleted)
    assert sorted(event.post_id for event in deleted) == figures()["deleted_ids"]
    for event in deleted:
        assert event.observed_at > seen()[event.post_id][0].post.created_at


def test_nothing_answers_a_post_that_is_gone():
    gone = {event.post_id: event.observed_at for event in of_kind(PostDeleted)}
    for states in seen().values():
        post = states[0].post
        for other in (post.in_reply_to, post.quote_of, post.repost_of):
            assert other not in gone or post.created_at <= gone[other]


def test_counts_never_shrink_and_cover_what_was_captured():
    reposts = Counter(states[0].post.repost_of for states in seen().values())
    newest: dict[str, CountsSeen] = {}
    for event in sorted(of_kind(CountsSeen), key=lambda event: event.observed_at):
        before = newest.get(event.post_id)
        if before:
            assert before.counts.likes <= event.counts.likes
            assert before.counts.reposts <= event.counts.reposts
        newest[event.post_id] = event
    loudest = max((post_id for post_id in reposts if post_id), key=lambda post_id: reposts[post_id])
    assert newest[loudest].counts.reposts > reposts[loudest] * 0.8


def test_one_in_a_hundred_lines_is_malformed_and_kept():
    rejected = of_kind(Rejected)
    assert len(rejected) == figures()["rejected"] == POSTS // 100
    assert len({(event.source, event.place, event.sha256) for event in rejected}) == len(rejected)
    assert all(event.raw for event in rejected)
    assert len({event.reason for event in rejected}) >= 10


def test_nothing_is_captured_in_the_outage():
    (gap,) = of_kind(Gap)
    assert gap.ended_at - gap.started_at == timedelta(hours=2)
    for event in events():
        if isinstance(event, PostSeen):
            assert not gap.started_at < event.observed_at < gap.ended_at
            assert not gap.started_at < event.post.created_at < gap.ended_at
    for tag in LISTENED:
        windows = [event for event in of_kind(WindowListened) if event.hashtags == (tag,)]
        listened = sum((window.ended_at - window.started_at for window in windows), timedelta())
        assert listened == timedelta(days=7) - timedelta(hours=2)


def test_the_truth_agrees_with_the_labels_and_the_events():
    labelled = labels(seed=1, posts=POSTS)
    assert labelled.keys() == seen().keys()
    left = {post_id: label for post_id, label in labelled.items() if post_id not in set(figures()["deleted_ids"])}
    assert figures()["signals"] == sum(label.signal for label in left.values())
    assert figures()["stances"] == Counter(label.stance for label in left.values())
    tags = Counter(tag for post_id in left for tag in seen()[post_id][-1].post.hashtags)
    assert figures()["hashtags"] == {tag: tags[tag] for tag in LISTENED}


def test_a_concern_is_no_signal():
    assert not any(label.signal for label in labels(1, 3_000).values() if label.family in CONCERNS)


def test_unanswered_posts_have_no_debunk_below_them():
    labelled, unanswered = labels(seed=1, posts=POSTS), set(figures()["unanswered_ids"])
    gone = set(figures()["deleted_ids"])
    for post_id, states in seen().items():
        post = states[0].post
        if labelled[post_id].stance == "debunks" and post_id not in gone and not post.repost_of:
            assert not {post.in_reply_to, post.quote_of} & unanswered


@pytest.mark.parametrize(
    ("claim", "before", "peak"),
    [("vaccines-cause-autism", 22, (22, 23)), ("apricot-kernels-cure-cancer", 24, (24, 25))],
)
def test_a_false_claim_bursts_and_clinicians_answer_some_of_it(claim, before, peak):
    labelled = labels(seed=1, posts=POSTS)
    days = Counter(
        states[0].post.created_at.day
        for post_id, states in seen().items()
        if labelled[post_id].claim == claim and labelled[post_id].signal
    )
    assert sum(days[day] for day in peak) > 0.5 * days.total()
    assert sum(days[day] for day in range(20, before)) < 0.02 * days.total()
    assert figures()["promoting"][claim]["answered"] >= 5
    assert figures()["promoting"][claim]["unanswered"] >= 5


def test_the_meeting_is_loudest_on_its_days():
    days = Counter(states[0].post.created_at.day for states in seen().values() if "hrs2026" in states[0].post.hashtags)
    assert sum(days[day] for day in (23, 24, 25, 26)) > 0.85 * days.total()


def test_people_sleep():
    hours = Counter(
        states[0].post.created_at.hour for states in seen().values() if states[0].identity.handle in american_handles()
    )
    assert sum(hours[hour] for hour in (7, 8, 9, 10)) < 0.25 * sum(hours[hour] for hour in (15, 16, 17, 18))


@cache
def american_handles() -> frozenset[str]:
    return frozenset(author.handle for author in writers() if author.offset in (-4, -5, -6))


def test_spam_floods_one_tag_late_in_the_week():
    labelled = labels(seed=1, posts=POSTS)
    spam = [
        states[0].post.created_at.day
        for post_id, states in seen().items()
        if "lupus" in states[0].post.hashtags and labelled[post_id].role == "spam-or-bot"
    ]
    assert len(spam) > 50
    assert sum(day >= 23 for day in spam) > 0.8 * len(spam)


def test_every_account_is_plainly_invented():
    identities = [states[0].identity for states in seen().values()]
    assert all(identity.handle.endswith("_sim") for identity in identities)
    assert all("Simulated account." in identity.bio for identity in identities)
    assert len({identity.author_id for identity in identities}) == len({identity.handle for identity in identities})


def test_every_role_and_language_takes_part():
    labelled = labels(seed=1, posts=POSTS).values()
    assert {label.role for label in labelled} == set(simulated_texts.ROLES)
    assert {label.language for label in labelled} == {"en", "es", "fr", "de", "pt", "ja"}


def test_links_stand_in_the_list_and_lead_nowhere():
    for entry in entries():
        for link in marks(entry.text).links:
            assert ".example/" in link.url
            assert link.title, entry.place


def test_a_bad_row_is_refused_naming_file_line_and_field(tmp_path, monkeypatch):
    header = "move,role,stance,family,claim,when,reach,text,alt\n"
    for row, message in (
        (
            'post,clinician,denies,none,,,1,"Hello #afib"\n',
            "posts_afib.csv:2: field `stance`: expected one of promotes",
        ),
        ('post,doctor,none,none,,,1,"Hello #afib"\n', "posts_afib.csv:2: field `role`"),
        ('post,clinician,none,none,,,1,"Hello"\n', "posts_afib.csv:2: field `text`"),
        ('reply,clinician,none,none,,,1,"Hello #afib"\n', "posts_afib.csv:2: field `move`"),
        ("post,clinician,none,none,,,1,Hello, #afib,x,y\n", "posts_afib.csv:2: more fields"),
    ):
        (tmp_path / "posts_afib.csv").write_text(header + row, encoding="utf-8")
        monkeypatch.setattr(simulated_texts, "FOLDER", tmp_path)
        with pytest.raises(BadText, match=re.escape(message)):
            conversations.__wrapped__()


def test_people_of_a_role_are_found_in_every_circle():
    rng = random.Random(1)
    people = gather(rng, 300)
    for circle in ("heart", "families", "wellness"):
        for role in ("clinician", "journalist-or-media"):
            assert people.one(rng, circle, "en", role, None).role == role


def test_a_post_with_a_named_account_is_written_by_it():
    named = {entry.text: entry.by for conversation in conversations() for entry in conversation if entry.by}
    assert len(named) > 80
    for states in seen().values():
        post = states[-1].post
        if post.text in named and conversations_by_text()[post.text].move == "post":
            assert states[0].identity.handle == named[post.text]


@cache
def conversations_by_text() -> dict[str, simulated_texts.Entry]:
    return {entry.text: entry for conversation in conversations() for entry in conversation}
