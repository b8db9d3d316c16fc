"""The warehouse and its vault: opened by one process for writing, brought to the newest schema first."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import duckdb
import msgspec

from warehouse.failures import InUse, NewerSchema, WrongStream, disk_watched
from warehouse.statements import FOLDER, statements

WAREHOUSE_FILE = "warehouse.duckdb"
VAULT_FILE = "vault.duckdb"
_NUMBERED = re.compile(r"^(\d{4})_\w+\.sql$")


class StreamId(msgspec.Struct, frozen=True):
    """Which stream offsets belong to: the topic's short name, and the ids of cluster and topic."""

    cluster_id: str
    topic_id: str
    topic: str = "tagged"


class Registered(msgspec.Struct, frozen=True):
    """One row of `hashtags`: what the registry says of a tag."""

    tag: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    ontology_id: str | None = None
    starts: Any = None
    ends: Any = None
    time_zone: str | None = None
    society: str | None = None
    source: str | None = None


class Warehouse:
    """The open warehouse with its vault. One process at a time; close it."""

    def __init__(self, home: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.home = home
        self.connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close both files; what was committed stays."""
        self.connection.close()

    def run(self, file: str, name: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run the statement `name` of `<file>.sql` and give its rows."""
        return self.connection.execute(statements(file)[name], parameters).fetchall()

    def positions(self, cluster_id: str, topic_id: str, topic: str = "tagged") -> dict[int, int]:
        """Give the next offset of each partition. Raises WrongStream when they belong to another cluster or topic."""
        for stored_cluster, stored_topic in self.run("database", "streams", {"topic": topic}):
            if (stored_cluster, stored_topic) != (cluster_id, topic_id):
                message = (
                    f"the warehouse has read topic `{topic}` of cluster {stored_cluster} (topic id {stored_topic}), "
                    f"but the stream is cluster {cluster_id} (topic id {topic_id}): "
                    "point it back to its own stream, or restore the backup that belongs to this one"
                )
                raise WrongStream(message)
        return dict(self.run("database", "positions", {"topic": topic}))


def open_warehouse(home: Path, now: datetime, memory: str = "256MB", threads: int = 2) -> Warehouse:
    """Open the warehouse and the vault of `home` for writing, creating or migrating them.

    Raises NewerSchema when a newer Auscult wrote one of the files, InUse when another process holds one.
    """
    home.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:", config={"memory_limit": memory, "threads": threads})
    connection.execute(statements("database")["settings"].format(path=quoted(home / "duckdb-temp")))
    connection.execute(statements("database")["macros"])
    try:
        with disk_watched("opening the warehouse"):
            attach(connection, home / VAULT_FILE, "vault", now)
            attach(connection, home / WAREHOUSE_FILE, "warehouse", now)
    except BaseException:
        connection.close()
        raise
    return Warehouse(home, connection)


def set_hashtags(warehouse: Warehouse, registry: Sequence[Any]) -> bool:
    """Make `hashtags` hold exactly `registry` (rows with the fields of `Registered`). True if that changed anything."""
    fields = Registered.__struct_fields__
    rows = sorted(({field: getattr(row, field) for field in fields} for row in registry), key=lambda row: row["tag"])
    for row in rows:
        row["aliases"] = list(row["aliases"])
    if [tuple(row.values()) for row in rows] == warehouse.run("database", "hashtags_now"):
        return False
    with transaction(warehouse.connection):
        warehouse.run("database", "clear_hashtags")
        for row in rows:
            warehouse.run("database", "insert_hashtag", row)
        warehouse.run("database", "stale_marts")
    return True


class transaction:  # noqa: N801 - a context manager, named like what it does
    """Commit what the block did, or roll all of it back: on a failure, and always when it is not to be kept."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, keep: bool = True) -> None:
        self.connection = connection
        self.keep = keep

    def __enter__(self) -> None:
        self.connection.execute("begin")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.keep:
            self.connection.execute("commit")
            return
        try:
            self.connection.execute("rollback")
        except duckdb.Error:
            return  # the failure that ended the block also ended the transaction


def migrations(folder: Path) -> list[tuple[int, str]]:
    """Give (number, SQL) of the numbered files of `folder`, in order."""
    numbered = ((_NUMBERED.match(path.name), path) for path in sorted(folder.iterdir()))
    return [(int(match[1]), path.read_text(encoding="utf-8")) for match, path in numbered if match]


def attach(connection: duckdb.DuckDBPyConnection, path: Path, catalog: str, now: datetime) -> None:
    """Open one of the two files for writing, new or migrated, and make it the one that names are looked up in."""
    sql = statements("database")
    new = not path.exists()
    try:
        connection.execute(sql["attach"].format(path=quoted(path), catalog=catalog))
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise InUse(f"{path} is in use by another process") from error
        raise
    if new:
        path.chmod(0o600)
    connection.execute(sql["use"].format(catalog=catalog))
    _migrate(connection, path, catalog, now)


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path, catalog: str, now: datetime) -> None:
    sql = statements("database")
    files = migrations(FOLDER / "migrations" if catalog == "warehouse" else FOLDER / "migrations" / catalog)
    with transaction(connection):
        connection.execute(sql["create_versions"])
        rows = connection.execute(sql["newest_version"]).fetchall()
        if rows[0][0] > files[-1][0]:
            message = f"{path} has schema {rows[0][0]}, this Auscult knows {files[-1][0]}: install the newer one"
            raise NewerSchema(message)
        for version, text in files:
            if version > rows[0][0]:
                connection.execute(text)
                connection.execute(sql["note_version"], {"version": version, "now": now})


def detach(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Close one file, checkpointed, so that it can be replaced."""
    connection.execute(statements("database")["detach"].format(catalog=catalog))


def quoted(path: Path) -> str:
    """Give a path as an SQL literal, for statements that take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"
