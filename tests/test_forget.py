"""Forgetting: after the purge no file of the home holds the bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from warehouse_stream import NOW, Feed, at, claim, fresh, person, rows, seen, tags

from listeners.events import AuthorRemoved, Link, PostDeleted, rejected
from warehouse import marts
from warehouse.checks import check
from warehouse.dead_letters import erase_bytes, letters, mark_replayed, raw
from warehouse.forget import purge
from warehouse.publish import publish
from warehouse.query import newest, run
from warehouse.status import cursors, summary
from warehouse.vault import Opening, permalink
from warehouse.vault import person as person_behind

SECRETS = (
    b"unforgettable-words",
    b"ann_handle",
    b"Ann Realname",
    b"secret-link.test",
    b"bio-of-ann",
    b"perma.test/ann",
)


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    opened = fresh(tmp_path)
    identity = person(
        "u1", alias="h1", handle="ann_handle", name="Ann Realname", bio="bio-of-ann", permalink="https://perma.test/ann"
    )
    link = (Link("https://secret-link.test/a", title="unforgettable-words"),)
    for number in range(3):
        text = f"unforgettable-words {number}" * 40
        opened.load((seen(str(number), text=text, author="u1", links=link, identity=identity), tags(claim())))
        opened.load((seen(f"other-{number}", text="words that stay", author="u2"), tags(claim())))
        publish(opened.warehouse, NOW)
    yield opened
    opened.warehouse.close()


def holding(home: Path, secret: bytes) -> list[str]:
    """Give the files of the home that hold the bytes."""
    files = (path for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    return [str(path.relative_to(home)) for path in files if secret in path.read_bytes()]


def test_a_deletion_alone_leaves_bytes_behind(feed: Feed) -> None:
    """If this ever fails, the purge has nothing left to do."""
    feed.load(AuthorRemoved("simulated", "u1", at(1)))
    publish(feed.warehouse, NOW)
    assert holding(feed.warehouse.home, SECRETS[0])


@pytest.mark.parametrize("by_author", [True, False])
def test_after_the_purge_no_file_holds_what_was_forgotten(feed: Feed, by_author: bool) -> None:
    home = feed.warehouse.home
    assert holding(home, SECRETS[0])
    if by_author:
        feed.load(AuthorRemoved("simulated", "u1", at(1), reason="forgotten"))
    else:
        feed.load(*(PostDeleted("simulated", str(number), at(1), reason="forgotten") for number in range(3)))
    snapshot = purge(feed.warehouse, NOW)
    gone = SECRETS if by_author else (SECRETS[0], b"secret-link.test", b"perma.test/ann")
    assert {secret: files for secret in gone if (files := holding(home, secret))} == {}
    assert [path.name for path in sorted(snapshot.path.parent.iterdir())] == [snapshot.path.name, "latest.duckdb"]
    assert run(snapshot.path, "select count(*) from posts").rows == [(3,)]
    assert check(snapshot.path) == []


def test_the_purge_keeps_everything_else(feed: Feed) -> None:
    before = rows(feed.warehouse, "select * from posts order by post_id")
    positions = feed.warehouse.positions("cluster-1", "topic-1")
    purge(feed.warehouse, NOW)
    assert rows(feed.warehouse, "select * from posts order by post_id") == before
    assert feed.warehouse.positions("cluster-1", "topic-1") == positions
    assert feed.warehouse.run("catalog", "undescribed") == []
    versions = "select tags['storage_version'] from duckdb_databases() where database_name in ('warehouse', 'vault')"
    assert {row[0][:4] for row in rows(feed.warehouse, versions)} == {"v1.4"}
    feed.load((seen("after", author="u2"), tags()))
    snapshot = publish(feed.warehouse, NOW)
    assert snapshot is not None
    assert run(snapshot.path, "select count(*) from posts").rows == [(7,)]
    assert marts.marts()


def test_a_forgotten_author_stays_forgotten_when_an_archive_brings_them_again(feed: Feed) -> None:
    feed.load(AuthorRemoved("simulated", "u1", at(1), reason="forgotten"))
    purge(feed.warehouse, NOW)
    again = person("u1", alias="h1", handle="ann_handle")
    feed.load(
        seen("0", text="unforgettable-words", author="u1", identity=again), seen("n", author="h1", identity=again)
    )
    purge(feed.warehouse, NOW)
    assert holding(feed.warehouse.home, b"unforgettable-words") == []
    assert holding(feed.warehouse.home, b"ann_handle") == []


def test_the_bytes_of_dead_letters_are_in_the_vault_and_can_be_erased(feed: Feed) -> None:
    (feed.warehouse.home / "spool").mkdir()
    (feed.warehouse.home / "spool" / "large").write_bytes(b"spooled bytes")
    spooled = rejected("files", "b.csv:1", "too large", b"spooled bytes", at(2))
    by_name = {field: getattr(spooled, field) for field in spooled.__struct_fields__} | {
        "raw": None,
        "spooled": "spool/large",
    }
    feed.load(rejected("files", "a.csv:9", "no id", b"ann_handle,hello", at(1)), type(spooled)(**by_name))
    snapshot = publish(feed.warehouse, NOW)
    assert snapshot is not None
    large, small = letters(snapshot.path)
    assert (raw(feed.warehouse, small), raw(feed.warehouse, large)) == (b"ann_handle,hello", b"spooled bytes")
    assert b"ann_handle" not in snapshot.path.read_bytes()
    mark_replayed(feed.warehouse, [large], NOW)
    publish(feed.warehouse, NOW)
    latest = newest(feed.warehouse.home)
    assert latest is not None
    assert [letter.place for letter in letters(latest)] == ["a.csv:9"]
    assert len(letters(latest, replayed=True)) == 2
    assert summary(latest).dead_letters == 1
    assert erase_bytes(feed.warehouse, [b"ann_handle"]) == 1
    assert raw(feed.warehouse, small) is None
    feed.load(AuthorRemoved("simulated", "u1", at(3)))
    purge(feed.warehouse, NOW)
    assert holding(feed.warehouse.home, b"ann_handle") == []


def test_opening_the_vault_is_noted_in_it(feed: Feed) -> None:
    opening = Opening(opened_by="ann", reason="a takedown request", now=NOW)
    found = person_behind(feed.warehouse, "simulated", "h1", opening)
    assert found is not None
    assert (found.author, found.handle, found.bio) == ("u1", "ann_handle", "bio-of-ann")
    assert permalink(feed.warehouse, "simulated", "0", opening) == "https://perma.test/ann"
    assert person_behind(feed.warehouse, "simulated", "nobody", opening) is None
    assert rows(feed.warehouse, "select opened_by, reason, count(*) from vault.openings group by all") == [
        ("ann", "a takedown request", 3)
    ]


def test_the_summary_says_how_things_stand(feed: Feed) -> None:
    snapshot = publish(feed.warehouse, NOW) or newest(feed.warehouse.home)
    assert isinstance(snapshot, Path)
    standing = summary(snapshot)
    assert (standing.posts, standing.tagged, standing.dead_letters, standing.capture_gaps) == (6, 6, 0, 0)
    assert standing.version == 3
    assert standing.published_at == NOW
    assert cursors(snapshot) == []
