"""Review: what waits, what verdicts do to the precision, and that only randomly drawn ones count."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from homes import auscult, end_owner
from homes import said as spoken
from warehouse_stream import NOW, Feed, at, claim, fresh, rows, seen, tags

from flows.review import UnknownPost, submit, verdict, verdict_on
from listeners import events
from listeners.events import DANGER, AuthorRemoved, PostDeleted, Verdict
from nlp.tags import Span
from warehouse import review
from warehouse.publish import publish


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    yield opened
    opened.warehouse.close()


def signals(feed: Feed, number: int) -> None:
    posts = [seen(str(n), f"Garlic cures #afib {n}", author=f"u{n}") for n in range(number)]
    feed.load(*((post, tags(claim(), fingerprint=n)) for n, post in enumerate(posts, 1)))


def snapshot(feed: Feed) -> Path:
    published = publish(feed.warehouse, NOW)
    assert published is not None
    return published.path


def said(post_id: str, stance: Any = "promotes", minutes: float = 0, **more: Any) -> Verdict:
    more = {"reviewer": "ann", "queue": "random"} | more
    return Verdict("simulated", post_id, "garlic-cures-afib", stance, observed_at=at(minutes), **more)


def measured(feed: Feed) -> review.Precision:
    return review.precision(snapshot(feed))[-1]


def test_a_verdict_travels_under_the_key_of_its_post_and_reads_back() -> None:
    given = said("7", note="a joke")
    assert events.key(given) == b"simulated:7"
    assert events.decode(events.encode(given)) == given


def test_a_stance_that_is_none_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="stance"):
        events.decode(events.encode(msgspec.structs.replace(said("7"), stance="lies")))


def test_the_newest_verdict_of_each_reviewer_stands(feed: Feed) -> None:
    feed.load(said("1", "none", 5), said("1", "promotes", 2), said("1", "reports", 1, reviewer="bob"))
    assert rows(feed.warehouse, "select reviewer, stance, queue, note from verdicts order by 1") == [
        ("ann", "none", "random", None),
        ("bob", "reports", "random", None),
    ]


def test_verdicts_go_with_their_post_in_either_order(feed: Feed) -> None:
    feed.load(PostDeleted("simulated", "1", at(1)))
    feed.load(said("1", note="words of the post"))
    feed.load((seen("2", author="u2"), tags(claim())), said("2"))
    feed.load(AuthorRemoved("simulated", "u2", at(1)))
    snapshot(feed)
    assert rows(feed.warehouse, "select * from kept.verdicts") == []


def test_half_of_the_signals_are_drawn_and_the_others_come_by_doubt(feed: Feed) -> None:
    signals(feed, 80)
    feed.load((seen("100", "Garlic may cure #afib", author="u9"), tags(claim(), signal=False)))
    feed.load((seen("101", "RT", author="u9", repost_of="1"), tags(claim())))
    waiting = review.waiting(snapshot(feed))
    drawn = {each.post_id for each in waiting if each.queue == "random"}
    doubtful = {each.post_id for each in waiting if each.queue == "uncertain"}
    assert 25 < len(drawn) < 60 and not drawn & doubtful
    assert drawn | doubtful == {*map(str, range(80)), "100"} and "100" in doubtful
    assert [each.position for each in waiting if each.queue == "random"] == list(range(1, len(drawn) + 1))


def test_uncertain_is_what_lies_nearest_to_the_line_between_signals_and_the_rest(feed: Feed) -> None:
    for n, score in enumerate([0.55] * 20 + [0.3, 0.28, 0.02]):
        claims = [msgspec.structs.replace(claim(), score=score)]
        if n == 0:  # a claim beside the one that makes the signal
            claims.append(msgspec.structs.replace(claim("kale-cures-afib"), score=0.02))
        said = tags(*claims, score=score, signal=score >= 0.3, fingerprint=n + 1)
        feed.load((seen(str(n), f"Garlic cures #afib {n}", author=f"u{n}"), said))
    doubtful = [each.post_id for each in review.waiting(snapshot(feed)) if each.queue == "uncertain"]
    assert doubtful.index("21") <= 1 and "22" in doubtful[-2:]


def test_what_is_held_back_just_below_the_line_waits_by_turns_with_what_promotes(feed: Feed) -> None:
    signals(feed, 4)
    for n, score in enumerate([0.49, 0.485, 0.2], 50):
        debunk = msgspec.structs.replace(claim(stance="debunks"), score=0.05)
        said = tags(debunk, score=score, signal=False, fingerprint=n)
        feed.load((seen(str(n), f"Garlic never cured #afib {n}", author=f"u{n}"), said))
        nearly = msgspec.structs.replace(claim(), score=score)
        said = tags(nearly, score=score, signal=False, fingerprint=n + 10)
        feed.load((seen(str(n + 10), f"Garlic for #afib {n}", author=f"u{n}"), said))
    waiting = [each for each in review.waiting(snapshot(feed)) if each.queue == "uncertain"]
    held = [(each.post_id, each.score) for each in waiting if each.stance == "debunks"]
    assert held == [("50", 0.49), ("51", 0.485)]  # the score of the post: that of the claim is no measure of doubt
    assert [each.stance for each in waiting[:4]] == ["promotes", "debunks"] * 2


def test_of_copies_one_waits_in_the_uncertain_queue_and_none_once_one_is_judged(feed: Feed) -> None:
    for n in range(40):
        feed.load((seen(str(n), f"Garlic cures #afib https://t.co/{n}", author=f"u{n}"), tags(claim())))
    feed.load((seen("40", "Garlic cures #afib", author="u40"), tags(claim("kale-cures-afib"), signal=False)))
    elsewhere = msgspec.structs.replace(claim(), evidence=(Span(0, 12, "Garlic cures", "link:0:title"),))
    feed.load((seen("41", "Garlic cures #afib", author="u41"), tags(elsewhere, signal=False)))
    for n in (42, 43):  # without words of their own
        feed.load((seen(str(n), f"https://t.co/{n}", author=f"u{n}"), tags(elsewhere, signal=False, fingerprint=0)))
    waiting = review.waiting(snapshot(feed))
    doubtful = [each for each in waiting if each.queue == "uncertain"]
    assert len(doubtful) == 5 and {"40", "41", "42", "43"} < {each.post_id for each in doubtful}
    assert len(waiting) > 12
    feed.load(*(verdict(each, "promotes", at(0)) for each in doubtful))
    after = review.waiting(snapshot(feed))
    assert {each.queue for each in after} == {"random"} and len(after) == len(waiting) - 5


def test_what_was_judged_waits_no_more_until_its_text_changes(feed: Feed) -> None:
    signals(feed, 4)
    first = review.waiting(snapshot(feed))[0]
    feed.load(verdict(first, "debunks", at(0)))
    after = review.waiting(snapshot(feed))
    assert first.post_id not in {each.post_id for each in after} and len(after) == 3
    feed.load((seen(first.post_id, "Garlic cures it! #afib", 9, author="u0", edited_at=at(9)), tags(claim())))
    assert first.post_id in {each.post_id for each in review.waiting(snapshot(feed))}


def test_precision_is_null_before_the_first_verdict_and_then_has_wilsons_interval(feed: Feed) -> None:
    signals(feed, 30)
    assert measured(feed) == review.Precision("all", 30, 0, 0, None, None, None)
    feed.load(*(said(str(n), "promotes" if n < 8 else "debunks") for n in range(10)))
    found = measured(feed)
    assert (found.verdicts, found.confirmed, found.precision) == (10, 8, 0.8)
    assert found.low == pytest.approx(0.4902, abs=1e-4) and found.high == pytest.approx(0.9433, abs=1e-4)


def test_only_verdicts_of_the_random_queue_on_present_signals_and_texts_count(feed: Feed) -> None:
    signals(feed, 3)
    feed.load((seen("3", "No, garlic does not", author="u3"), tags(claim(stance="debunks"))))
    feed.load(
        said("0", queue="uncertain"),
        said("1", queue="chosen"),
        said("2", text_version="an older one"),
        said("3"),
    )
    assert measured(feed).verdicts == 0


def test_reviewers_who_disagree_confirm_nothing(feed: Feed) -> None:
    signals(feed, 1)
    feed.load(said("0"), said("0", "none", reviewer="bob"))
    found = measured(feed)
    assert (found.verdicts, found.confirmed) == (1, 0)
    feed.load(said("0", reviewer="eve"))
    assert measured(feed).confirmed == 1


@pytest.mark.parametrize("mart", ["signals_by_claim_day", "claims_by_stance", "unanswered_signals"])
def test_every_count_of_signals_carries_the_precision_of_its_family(feed: Feed, mart: str) -> None:
    feed.load((seen("1", "Garlic cures #afib", author="u1", created_at=at(0)), tags(claim())))
    snapshot(feed)
    shown = f'select "precision", precision_low is null from {mart}'
    assert rows(feed.warehouse, shown) == [(None, True)]
    feed.load(said("1"))
    snapshot(feed)
    assert rows(feed.warehouse, shown) == [(1.0, False)]


def test_what_a_reviewer_picked_measures_nothing_and_a_signal_drawn_at_random_goes_on_waiting(feed: Feed) -> None:
    signals(feed, 8)
    path = snapshot(feed)
    before = review.waiting(path)
    picked = [verdict_on(path, "simulated", each.post_id, each.claim_id, "none", at(0)) for each in before]
    assert {each.queue for each in picked} == {"chosen"}
    feed.load(*picked)
    drawn = [each for each in before if each.queue == "random"]
    assert 0 < len(drawn) < len(before)
    path = snapshot(feed)
    assert review.waiting(path) == drawn and review.precision(path)[-1].verdicts == 0
    feed.load(*(verdict(each, "none", at(1)) for each in drawn))
    path = snapshot(feed)
    assert review.waiting(path) == [] and review.precision(path)[-1].verdicts == len(drawn)
    with pytest.raises(UnknownPost):
        verdict_on(path, "x", "1", "another", "none", at(0))


def test_posts_of_people_in_danger_are_queued_without_their_author(feed: Feed) -> None:
    feed.load((seen("1", "words of despair", author="u1", created_at=at(0)), tags(danger=True)), seen("2", author="u1"))
    path = snapshot(feed)
    assert review.in_danger(path) == ([review.Danger("simulated", "1", at(0), "words of despair")], 1)
    assert "author" not in rows(feed.warehouse, "select list(column_name) from (describe danger_queue)")[0][0]


def test_a_post_is_put_back_on_the_list_of_danger(feed: Feed) -> None:
    feed.load((seen("1", "words of despair", author="u1"), tags(danger=True)), seen("2", author="u2"))
    path = snapshot(feed)
    assert review.is_in_danger(path, "simulated", "1") and not review.is_in_danger(path, "simulated", "2")
    feed.load(verdict_on(path, "simulated", "1", DANGER, "handed-over", at(1)))
    path = snapshot(feed)
    assert not review.is_in_danger(path, "simulated", "1")
    undone = verdict_on(path, "simulated", "1", DANGER, "waiting", at(2))
    feed.load(msgspec.structs.replace(undone, reviewer="another"))
    assert review.is_in_danger(snapshot(feed), "simulated", "1")


@pytest.mark.parametrize("stance", ["handed-over", "none"])
def test_a_post_that_somebody_looked_after_leaves_the_queue_until_its_text_changes(feed: Feed, stance: Any) -> None:
    despair = (seen("1", "words of despair", author="u1", created_at=at(0)), tags(claim(), danger=True))
    feed.load(despair, (seen("2", "more despair", author="u2", created_at=at(1)), tags(danger=True)))
    given = verdict_on(snapshot(feed), "simulated", "1", DANGER, stance, at(2))
    feed.load(given)
    path = snapshot(feed)
    assert [post.post_id for post in review.in_danger(path)[0]] == ["2"]
    assert review.precision(path)[-1].verdicts == 0
    feed.load((seen("1", "words of despair anew", 9, author="u1", edited_at=at(9)), tags(danger=True)))
    assert [post.post_id for post in review.in_danger(snapshot(feed))[0]] == ["2", "1"]


def test_posts_of_people_in_danger_that_are_not_shown_are_counted(feed: Feed) -> None:
    feed.load(*((seen(str(n), f"despair {n}", author=f"u{n}", created_at=at(n)), tags(danger=True)) for n in range(3)))
    home = snapshot(feed).parents[1]
    few = auscult(home, "review", "danger", "--most", "2", "--json")
    assert [json.loads(line)["post_id"] for line in few.stdout.splitlines()] == ["2", "1"]
    assert few.stderr == "auscult: the newest 2 of 3; --most raises it\n"
    assert auscult(home, "review", "danger").stderr == ""


def test_a_reviewer_lists_judges_and_sees_the_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (tmp_path / "posts.csv").write_text(
        "id,created_at,author,text\n439634602928668675,2014-03-01,three,MMR vaccine causes autism #measles\n"
        "439634602928668676,2014-03-01,four,I want to kill myself tonight #depression\n"
    )
    spoken(home, "import", str(tmp_path / "posts.csv"))
    waiting = [json.loads(line) for line in spoken(home, "review", "--json").splitlines()]
    assert waiting and "MMR vaccine causes autism" in spoken(home, "review", "--list")
    for each in waiting:
        named = spoken(home, "review", "verdict", each["post_id"], each["claim_id"], "debunks", "--note", "irony")
        assert named == f"x:{each['post_id']} debunks {each['claim_id']}: noted\n"
    [despair] = [json.loads(line)["post_id"] for line in spoken(home, "review", "danger", "--json").splitlines()]
    assert spoken(home, "review", "handed-over", despair) == f"x:{despair} handed over: noted\n"
    assert spoken(home, "review", "danger", "--json") == ""
    for words, told in (
        (("handed-over", despair), "is not on the list"),
        (("handed-over", despair, "--undo", "--no-danger"), "say one of them"),
        (("verdict", despair, "person-in-danger", "promotes"), "handed-over"),
    ):
        refused = auscult(home, "review", *words)
        assert refused.returncode and told in refused.stderr and refused.stderr.count("\n") == 1
    monkeypatch.setenv("AUSCULT_HOME", str(home))
    for each in waiting:
        submit(each["platform"], each["post_id"], each["claim_id"], "debunks", each["queue"])
    spoken(home, "publish")
    assert spoken(home, "review", "--json") == ""
    found = [json.loads(line) for line in spoken(home, "review", "precision", "--json").splitlines()]
    assert found[-1]["family"] == "all"
    assert found[-1]["verdicts"] == len([each for each in waiting if each["queue"] == "random"])
    wrong = auscult(home, "review", "verdict", "1", "mmr-causes-autism", "lies")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    end_owner(home)
