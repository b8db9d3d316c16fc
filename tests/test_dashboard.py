"""The dashboard: what a visitor reads, on a small warehouse that the loader filled, and in a browser."""

import csv
import io
import socket
import subprocess
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from dashboard_home import COPIED, PROMOTING, published, published_again, published_empty, published_spread

pytest.importorskip("streamlit", reason="the dashboard's extra is not installed")

from streamlit.testing.v1 import AppTest

from flows.dashboard_entry import judged
from flows.home import open_home
from flows.page import page_command
from warehouse.dashboard import moments, roles, unanswered
from warehouse.dashboard.bursts import shell
from warehouse.dashboard.cards import claim_bars
from warehouse.dashboard.claims import claim, claims, family_name
from warehouse.dashboard.evidence import elsewhere, marked, short_author
from warehouse.dashboard.reading import reviewed
from warehouse.dashboard.records import ClaimStances, Mention, Precision, Role, Unanswered

CHROMIUM = Path("/usr/bin/chromium")


def page(home: str, name: str, zone: str = "UTC") -> None:
    """What streamlit runs: the dashboard, opening at the page `name`."""
    from pathlib import Path

    from warehouse.dashboard.app import main

    main(Path(home), zone, opening=name)


def judging_page(home: str, name: str, told: str) -> None:
    """What streamlit runs where posts can be judged: verdicts are lines of a file, and without it they fail."""
    from pathlib import Path

    from warehouse.dashboard.app import main
    from warehouse.dashboard.visit import Judged, Queue

    def submit(platform: str, post_id: str, claim_id: str, stance: Judged, queue: Queue) -> str | None:
        if not Path(told).exists():
            return "the pipeline did not start"
        with Path(told).open("a") as lines:
            lines.write(f"{platform}:{post_id} {stance} {claim_id} {queue}\n")
        return None

    main(Path(home), "UTC", opening=name, submit=submit)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    published(folder)
    return folder


def visit(home: Path, name: str = "today", zone: str = "UTC", **address: str) -> AppTest:
    app = AppTest.from_function(page, args=(str(home), name, zone), default_timeout=30)
    for parameter, value in address.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception
    return app


def judging(home: Path, name: str, told: Path, **address: str) -> AppTest:
    app = AppTest.from_function(judging_page, args=(str(home), name, str(told)), default_timeout=30)
    for parameter, value in address.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spread")
    published_spread(folder)
    return folder


@pytest.fixture
def told(tmp_path: Path) -> Path:
    (tmp_path / "told").touch()
    return tmp_path / "told"


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_today_begins_with_what_nobody_answered(home: Path) -> None:
    app = visit(home)
    assert app.header[0].value == "No answer seen"
    assert metrics(app) == {
        "No answer seen": "2",
        "Posts": "26",
        "Authors": "26",
        "Signals": "3",
        "Debunking posts": "1",
    }
    assert "<b>2</b> promoting posts in 1 different wordings" in html(app)
    assert "<b>2 posts</b> with the same words" in html(app)
    assert "MMR causes autism, says my cousin" not in html(app)


def test_evidence_is_marked_in_the_text_which_is_never_markup(home: Path) -> None:
    said = html(visit(home))
    assert '<mark class="promotes">&lt;b&gt;bleach&lt;/b&gt; cures autism</mark>' in said
    assert "<b>bleach" not in said


def test_a_signal_shows_why_the_claim_is_wrong_and_the_source(home: Path) -> None:
    said, known = html(visit(home)), claim("autism-mms")
    assert known.wrong_because in said
    assert f'href="{known.source}"' in said


@pytest.mark.parametrize("name", ["today", "claims", "meeting", "posts", "review", "figures"])
def test_every_page_says_that_the_posts_are_simulated_and_how_fresh_they_are(home: Path, name: str) -> None:
    said = html(visit(home, name))
    assert "<b>Simulated.</b>" in said
    assert "newest post <b>Sun 26 Apr 2026, 00:00</b>" in said
    assert "1 capture gap" in said


def test_posts_of_people_are_not_called_simulated(tmp_path: Path) -> None:
    published(tmp_path, platform="mastodon")
    assert "Simulated" not in html(visit(tmp_path))


@pytest.mark.parametrize("name", ["today", "claims", "meeting", "review"])
def test_a_count_of_signals_says_that_nobody_reviewed_it(home: Path, name: str) -> None:
    assert "No person has reviewed these signals yet" in html(visit(home, name))


def test_reviewed_signals_show_their_precision_with_its_interval() -> None:
    said = reviewed(Precision("cancer-cure", 50, 45, 0.9, 0.786, 0.957))
    assert "Precision <b>90%</b> (95 % interval 79% to 96%)" in said
    assert "of 50 randomly drawn signals of “Cancer cure”, people confirmed 45" in said


def test_filters_stand_in_the_address(home: Path) -> None:
    app = visit(home, hashtag="measles", period="everything")
    assert app.selectbox(key="hashtag").value == "measles"
    assert metrics(app)["Posts"] == "18"
    assert "#measles, 21 to 26 Apr 2026" in html(app)


def test_aliases_count_under_their_hashtag(home: Path) -> None:
    assert metrics(visit(home, hashtag="measles"))["Posts"] == "18"


def test_no_post_under_the_filters_is_said(home: Path) -> None:
    app = visit(home, hashtag="autism", period="last 24 hours")
    assert "No post was captured here: #autism" in app.info[0].value


def test_days_are_those_of_the_zone(home: Path) -> None:
    assert "newest post <b>Sun 26 Apr 2026, 09:00</b>" in html(visit(home, zone="Asia/Tokyo"))


def test_groups_under_ten_are_not_shown_by_role(home: Path) -> None:
    shown = roles.shown([Role("clinician", 13, 13), Role("researcher", 3, 3), Role("other", 10, 10)])
    assert shown == [Role("clinician", 13, 13), Role("other", 13, 13)]
    assert "Fewer than ten authors" in "".join(text.value for text in visit(home, hashtag="autism").markdown)


def test_no_small_group_can_be_worked_out_from_the_rest() -> None:
    assert roles.shown([Role("clinician", 50, 50), Role("student", 12, 12), Role("industry", 4, 4)]) == [
        Role("clinician", 50, 50),
        Role("other", 16, 16),
    ]
    assert roles.shown([Role("clinician", 20, 20)]) == [Role("clinician", 20, 20)]
    assert roles.shown([Role("clinician", 6, 6), Role("other", 3, 3)]) == []


def test_claims_show_posts_by_stance(home: Path) -> None:
    said = html(visit(home, "claims"))
    assert 'title="Promotes: 1"' in said
    assert 'title="Debunks: 1"' in said
    assert "<b>2 without an answer seen</b>" in said


def test_one_claim_shows_its_posts_and_what_refutes_it(home: Path) -> None:
    app = visit(home, "claims", claim="mmr-causes-autism")
    assert metrics(app) == {"Promotes": "1", "Debunks": "1", "Asks": "0", "Reports": "0"}
    assert claim("mmr-causes-autism").harm in html(app)
    assert "Every promoting post here has an answer" in app.success[0].value


def test_a_thread_shows_who_answered(home: Path) -> None:
    said = html(visit(home, "posts", post="simulated:104"))
    assert said.index("says my cousin") < said.index("Here is the study")
    assert '<span class="badge role">clinician</span>' in said
    assert "Who knows?" in said


def test_a_post_that_is_gone_is_said_to_be_gone(home: Path) -> None:
    assert "not in the newest snapshot" in visit(home, "posts", post="simulated:999").info[0].value


def test_posts_are_found_by_words(home: Path) -> None:
    app = visit(home, "posts", words="talk 07")
    assert "<b>1</b> post, farthest reach first" in html(app)
    assert visit(home, "posts", words="nobody said this").info[0].value == "No post fits."


def test_a_meeting_is_counted_on_its_own_days_in_its_own_zone(home: Path) -> None:
    app = visit(home, "meeting")
    assert app.selectbox(key="meeting-choice").value == "hrs2026"
    assert metrics(app)["Posts on its days"] == "6"
    assert any("America/Chicago" in text.value for text in app.markdown)


def test_what_was_missed_is_listed(home: Path) -> None:
    app = visit(home, "figures")
    assert "the listener stood still" in app.dataframe[0].value.to_string()


def test_without_a_snapshot_the_page_says_how_to_get_one(tmp_path: Path) -> None:
    app = visit(tmp_path)
    assert app.title[0].value == "Nothing is published yet"
    assert "auscult demo" in app.code[0].value


def test_a_snapshot_without_posts_is_said_to_have_none(tmp_path: Path) -> None:
    published_empty(tmp_path)
    assert "No post has been captured yet" in visit(tmp_path).info[0].value
    assert visit(tmp_path, "figures").title[0].value == "About these figures"


def test_a_newer_snapshot_is_read_on_the_next_run(tmp_path: Path) -> None:
    published(tmp_path)
    app = visit(tmp_path, period="everything")
    published_again(tmp_path)
    app.run()
    assert metrics(app)["Posts"] == "27"


def test_a_reader_says_under_a_post_what_it_does_with_the_claim(home: Path, told: Path) -> None:
    app = judging(home, "claims", told, claim="mmr-causes-autism")
    app.button(key="judge-simulated-103-mmr-causes-autism-debunks").click().run()
    assert told.read_text() == "simulated:103 debunks mmr-causes-autism chosen\n"
    assert "Thank you. Noted: debunks it." in [said.value for said in app.success]


def test_a_verdict_that_cannot_be_sent_says_why_and_is_not_thanked_for(home: Path, tmp_path: Path) -> None:
    app = judging(home, "posts", tmp_path / "nowhere", post="simulated:103")
    app.button(key="judge-simulated-103-mmr-causes-autism-none").click().run()
    assert app.error[0].value == "It could not be noted: the pipeline did not start"
    assert not app.success


@pytest.mark.parametrize(("name", "address"), [("posts", {}), ("posts", {"post": "simulated:103"}), ("review", {})])
def test_where_nothing_takes_a_verdict_nobody_is_asked_for_one(home: Path, name: str, address: dict[str, str]) -> None:
    assert not [button for button in visit(home, name, **address).button if (button.key or "").startswith("judge")]


def test_what_waits_for_a_reviewer_is_shown_one_after_another(home: Path, told: Path) -> None:
    app = judging(home, "review", told)
    waiting = []
    while said := [button for button in app.button if button.label == "Promotes it"]:
        assert len(said) == 1
        assert (claim(said[0].key.rpartition("-promotes")[0].split("-", 3)[3]).wrong_because) in html(app)
        waiting.append(said[0].key)
        said[0].click().run()
        assert not app.exception
    assert len(waiting) == len(set(waiting)) == 2  # of two copies one waits
    queues = [line.split()[3] for line in told.read_text().splitlines()]
    assert len(queues) == 2 and set(queues) <= {"random", "uncertain"}
    assert "you judged 2" in app.success[0].value
    assert app.info[0].value == "Nothing waits for you."


def test_a_verdict_on_a_post_that_is_not_there_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUSCULT_HOME", str(tmp_path))
    assert judged("simulated", "103", "mmr-causes-autism", "debunks", "random") == "nothing is published yet"
    published(tmp_path)
    said = judged("simulated", "999", "mmr-causes-autism", "debunks", "chosen")
    assert said == "the newest snapshot holds no post simulated:999"


def test_what_a_reviewer_skips_is_not_judged(home: Path, told: Path) -> None:
    app = judging(home, "review", told)
    first = html(app)
    next(button for button in app.button if button.label == "Skip").click().run()
    assert html(app) != first
    assert "<b>1</b> waiting" in html(app)
    assert told.read_text() == ""


@pytest.mark.parametrize(("name", "address"), [("today", {}), ("claims", {}), ("claims", {"claim": "autism-mms"})])
def test_a_campaign_shows_its_size_its_days_and_its_text(spread: Path, name: str, address: dict[str, str]) -> None:
    app = visit(spread, name, **address)
    assert "Campaigns" in [header.value for header in app.header]
    said = html(app)
    campaign = said[said.index("<b>4 posts by 4 accounts</b>") :]
    assert "Tue 21 Apr 2026, 12:00 to Tue 21 Apr 2026, 21:00 · #autism" in campaign
    assert COPIED in campaign
    assert claim("autism-mms").statement in campaign


def test_a_campaign_of_another_hashtag_or_time_is_not_shown(spread: Path, home: Path) -> None:
    elsewhere_or_later = visit(spread, hashtag="measles", period="everything"), visit(spread, period="last 24 hours")
    for app in (*elsewhere_or_later, visit(home)):
        assert "Campaigns" not in [header.value for header in app.header]


def test_what_is_new_is_shown_with_posts_and_the_command_that_drafts_a_claim(spread: Path) -> None:
    app = visit(spread)
    assert "What is new" in [header.value for header in app.header]
    assert app.expander[0].label == "`#drops4all` in 5 posts by 5 accounts, never before"
    assert "Trying it, day 0. #drops4all" in html(app)
    assert app.code[0].value == 'auscult claims draft "drops4all" --from-burst'


def test_without_a_past_everyday_words_are_not_called_new(home: Path) -> None:
    assert not [each.label for each in visit(home).expander if "#" not in each.label]


def test_what_a_stranger_wrote_does_not_run_in_a_shell() -> None:
    assert shell("5g towers") == '"5g towers"'
    assert shell("$(rm -r x)") == "'$(rm -r x)'"
    assert shell("don't take") == "'don'\"'\"'t take'"


def test_a_person_in_danger_is_shown_by_words_and_time_alone(spread: Path) -> None:
    app = visit(spread, "review")
    said = html(app)
    assert app.header[0].value == "Someone may be in danger"
    assert any("trained to help" in text.value for text in app.markdown)
    card = said[said.index("Thu 23 Apr 2026, 12:00") : said.index("Words of despair")]
    assert "u000000" not in card
    assert "700" not in card
    assert "Words of despair, to @u000000…." in said


def test_today_leads_to_a_person_in_danger(spread: Path, home: Path) -> None:
    assert any("1 post in which someone may be in danger" in link.label for link in visit(spread).get("page_link"))
    assert not any("danger" in link.label for link in visit(home).get("page_link"))
    assert "danger" not in visit(home, "review").header[0].value


def test_a_number_that_its_bar_has_no_room_for_stands_below_it() -> None:
    long = ClaimStances("vaccines-cause-autism", "vaccine-adverse-effects", "falsifiable", 1200, 3800, 0, 0, 900, 0)
    short = ClaimStances("measles-vitamin-a", "infection-cure-or-denial", "falsifiable", 134, 131, 0, 0, 120, 0)
    shown = claim_bars([long, short], {}, None, lambda claim_id: f"?claim={claim_id}")
    of_long, of_short = shown.split('<div class="row">')[1:]
    assert ">1,200</div>" in of_long
    assert ">3,800</div>" in of_long
    assert "promoting" not in of_long
    assert ">134</div>" not in of_short
    assert "134 promoting · 131 debunking" in of_short


@pytest.mark.parametrize(("authors", "said"), [(0, ""), (1, "promoted by 1 account")])
def test_who_promotes_is_counted_where_authors_are_known(authors: int, said: str) -> None:
    row = ClaimStances("vaccines-cause-autism", "vaccine-adverse-effects", "falsifiable", 2, 0, 0, 0, authors, 1)
    shown = claim_bars([row], {}, "the week before", lambda claim_id: f"?claim={claim_id}")
    assert said in shown
    assert ("promoted by" in shown) is (authors > 0)
    assert "1 promoting in the week before" in shown


def test_the_list_opens_in_a_spreadsheet() -> None:
    told = _unanswered(text='=HYPERLINK("http://x")', post_id="509000000000000000", platform="x")
    written = unanswered.table([told], "Europe/Berlin")
    assert written.startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert row["text"].startswith("'=")
    assert row["post"] == "x:509000000000000000"
    assert row["address"] == "https://x.com/i/status/509000000000000000"
    assert row["written"] == "2026-04-21T14:00:00+02:00"
    assert claim("autism-mms").statement in row["claims"]
    assert list(row) == list(unanswered.COLUMNS)


def test_every_known_claim_has_what_a_page_shows() -> None:
    assert len(claims()) >= 200
    assert all(known.statement and known.wrong_because and known.source for known in claims().values())
    assert claim("no-such-claim").statement == "No such claim"
    assert family_name("vaccine-dna") == "Vaccine DNA"


def test_overlapping_evidence_is_marked_once() -> None:
    text = "MMR causes autism"
    first, second = _mention(0, 10), _mention(4, 17)
    assert marked(text, [first, second]) == '<mark class="promotes">MMR causes autism</mark>'
    other = _mention(4, 17, stance="debunks")
    assert (
        marked(text, [first, other]) == '<mark class="promotes">MMR causes</mark><mark class="debunks"> autism</mark>'
    )


def test_evidence_outside_the_text_says_where_it_lies() -> None:
    assert elsewhere([_mention(0, 3, field="link:0:title")]) == [("title of a link", "MMR")]
    assert marked("MMR", [_mention(0, 3, field="alt:0")]) == "MMR"


def test_pseudonyms_are_short_and_names_of_organisations_stay() -> None:
    assert short_author("u0123456789abcdef") == "u012345…"
    assert short_author("cdcgov") == "cdcgov"
    assert marked("RT @u0123456789abcdef: hello", []) == "RT @u012345…: hello"


def test_a_long_time_is_charted_in_longer_steps() -> None:
    span = moments.whole_days(date(2014, 1, 1), date(2015, 12, 31), "UTC")
    assert span.unit() == "month"
    assert len(moments.steps(span, "month", "UTC")) == 24
    week = moments.whole_days(date(2026, 4, 20), date(2026, 4, 26), "America/Chicago")
    assert [day.day for day in moments.steps(week, "day", "America/Chicago")] == [20, 21, 22, 23, 24, 25, 26]
    assert week.before == datetime(2026, 4, 13, 5, tzinfo=UTC)


def test_the_page_in_a_browser(home: Path) -> None:
    """The list, the thread behind it and the way back, in Chromium, without one request to the outside."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    outside: list[str] = []
    with served(home) as address, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 400, "height": 900})
        tab.set_default_timeout(60_000)
        tab.on("request", lambda request: outside.append(request.url))
        tab.goto(f"{address}/?hashtag=autism")
        playwright.expect(tab.get_by_text("Simulated.")).to_be_visible()
        playwright.expect(tab.locator("mark.promotes").first).to_have_text("<b>bleach</b> cures autism")
        tab.get_by_role("link", name="Open the thread").first.click()
        playwright.expect(tab.get_by_text("A post and its thread")).to_be_visible()
        tab.get_by_role("button", name="Is this right?").click()
        playwright.expect(tab.get_by_role("button", name="None of these")).to_be_visible()
        tab.keyboard.press("Escape")
        assert "post=simulated" in tab.url
        assert tab.evaluate("document.documentElement.scrollWidth <= 400")
        tab.get_by_role("button", name="All posts").click()
        playwright.expect(tab.locator(".words")).to_have_text("#autism, 20 to 26 Apr 2026")
        assert tab.url.startswith(f"{address}/posts?hashtag=autism")
        browser.close()
    assert not [url for url in outside if not url.startswith((address, "data:", "blob:"))]


class served:  # noqa: N801 - a context manager, named like what it gives
    """The dashboard on a free port of loopback."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = page_command(open_home(self.home), port)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for(port)
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


def _mention(start: int, end: int, stance: str = "promotes", field: str = "text") -> Mention:
    span = {"start": start, "end": end, "text": "MMR", "field": field}
    return Mention("1", "mmr-causes-autism", stance, 0.9, [span], [])


def _unanswered(**known: Any) -> Unanswered:
    fields: dict[str, Any] = {
        "platform": "simulated",
        "post_id": "101",
        "created_at": datetime(2026, 4, 21, 12, tzinfo=UTC),
        "text": PROMOTING,
        "author": "u000000000000000a",
        "hashtags": ["autism"],
        "claims": ["autism-mms"],
        "replies_seen": 0,
        "likes": 1,
        "reposts": 0,
        "replies": 0,
        "quotes": 0,
        "views": 900,
        "reach": 900,
        "copies": 1,
        "total_reach": 900,
    }
    return Unanswered(**(fields | known))
