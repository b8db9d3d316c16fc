"""Posts from files: X API v1.1 and v2 JSON, CSV of any columns, Parquet; plain or gzip, a file, a folder or stdin.

Every row ends as exactly one post or one `Rejected` with reason, file and line. Memory stays flat however long a file
is. Handles still stand in what this gives. No Kafka here.
"""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from listeners.archive_csv import csv_rows
from listeners.archive_json import json_rows
from listeners.archive_layouts import BadLayout, mapped
from listeners.archive_lines import CarriageReturns, Lines
from listeners.archive_parquet import MAGIC, MissingReader, parquet_rows
from listeners.archive_rows import Reading, Row

__all__ = ["BadLayout", "MissingReader", "Row", "rows"]

STDIN = "stdin"
_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 18


def rows(
    path: Path | None,
    *,
    now: datetime,
    import_id: str,
    layout: Mapping[str, str] | None = None,
    platform: str | None = None,
    spool: Callable[[bytes], str] | None = None,
) -> Iterator[Row]:
    """Give the rows of a file, of all files of a folder (sorted, with its subfolders), or of stdin (`path` None).

    `layout` names columns, our field → theirs, for tables that are not known by their header; `platform` is whose
    posts a table holds (X unless said). A post is observed when its row says it was collected, else when it was
    posted: so importing twice changes nothing, and an old archive never overrules what was seen later.
    `spool` keeps the bytes of what was rejected and is too large for an event. Raises BadLayout, in one line, for a
    layout that cannot be and for a single file with unknown columns (in a folder, each of its rows is rejected), and
    OSError for a path that cannot be opened.
    """
    if layout:
        mapped(layout)
    for file, name in _files(path):
        reading = Reading(name, now, import_id, platform or "x", spool)
        with _opened(file) as stream:
            yield from _guarded(stream, reading, layout, strict=path is None or path == file)


def _files(path: Path | None) -> Iterator[tuple[Path | None, str]]:
    """Give the files to read, each with its name relative to what was imported."""
    if path is None:
        yield None, STDIN
    elif not path.is_dir():
        yield path, path.name
    else:
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if file.is_file():
                    yield file, file.relative_to(path).as_posix()


def _opened(file: Path | None) -> AbstractContextManager[BinaryIO]:
    return file.open("rb", buffering=_BUFFER) if file else nullcontext(cast(BinaryIO, sys.stdin.buffer))


def _guarded(stream: BinaryIO, reading: Reading, layout: Mapping[str, str] | None, strict: bool) -> Iterator[Row]:
    """Give the rows of one stream, and a `Rejected` for where it breaks off."""
    plain = cast(io.BufferedReader, stream)
    if plain.peek(2)[:2] == _GZIP:
        plain = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=plain)), _BUFFER)
    lines = Lines(cast(BinaryIO, plain))
    try:
        start = plain.peek(_BUFFER)
        if b"\r" in start and b"\n" not in start and not start.startswith(MAGIC):
            plain = io.BufferedReader(CarriageReturns(plain), _BUFFER)
            lines = Lines(cast(BinaryIO, plain))
        yield from _rows(plain, lines, reading, layout, strict)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield reading.rejected(lines.number + 1, f"the compressed file is damaged here: {error}", b"")


def _rows(
    stream: io.BufferedReader, lines: Lines, reading: Reading, layout: Mapping[str, str] | None, strict: bool
) -> Iterator[Row]:
    start = stream.peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(MAGIC):
        return parquet_rows(cast(BinaryIO, stream), reading, layout, strict)
    if start[:1] in (b"{", b"["):
        return json_rows(lines, reading, layout)
    return csv_rows(lines, reading, layout, strict)
