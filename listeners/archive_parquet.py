"""Parquet to rows, through pyarrow where it is installed (it comes with the dashboard)."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

from listeners.archive_cells import cell
from listeners.archive_ids import Refused
from listeners.archive_layouts import BadLayout, layout_of
from listeners.archive_rows import Reading, Row
from listeners.archive_table import Table

MAGIC = b"PAR1"
_BATCH = 1000


class MissingReader(RuntimeError):
    """What reads this kind of file is not installed."""


def parquet_rows(stream: BinaryIO, reading: Reading, mapping: Mapping[str, str] | None, strict: bool) -> Iterator[Row]:
    """Give the rows of a Parquet file; their line is their number. `strict` as for CSV.

    Raises MissingReader, in one line, without pyarrow.
    """
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError as error:
        raise MissingReader("reading Parquet needs pyarrow: pip install 'auscult[dashboard]'") from error
    number = 0
    try:
        file = parquet.ParquetFile(stream)
        header = list(file.schema_arrow.names)
        table, why = _table(header, reading, mapping, strict)
        for batch in file.iter_batches(_BATCH):
            for values in _values(batch, pyarrow):
                number += 1
                yield from _row(values, number, table, why, reading)
    except (pyarrow.ArrowException, OSError) as error:
        yield reading.rejected(number + 1, f"the Parquet file is damaged here: {str(error).splitlines()[0][:200]}", b"")


def _table(
    header: list[str], reading: Reading, mapping: Mapping[str, str] | None, strict: bool
) -> tuple[Table | None, str]:
    try:
        return Table(layout_of(header, mapping), header, reading), ""
    except BadLayout as error:
        if strict:
            raise
        return None, str(error)


def _values(batch: Any, pyarrow: Any) -> Iterator[tuple[object, ...]]:
    """Give the rows of a batch; times to the microsecond, which is all that Python holds."""
    columns = [
        column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
        if pyarrow.types.is_timestamp(column.type)
        else column
        for column in batch.columns
    ]
    return zip(*(column.to_pylist() for column in columns), strict=True)


def _row(values: tuple[object, ...], number: int, table: Table | None, why: str, reading: Reading) -> Iterator[Row]:
    cells = [cell(value) for value in values]
    try:
        if table is None:
            raise Refused(why)
        yield from table.rows(cells)
    except Refused as refused:
        yield reading.rejected(number, str(refused), msgspec.json.encode(cells))
