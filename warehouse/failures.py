"""What can go wrong with the warehouse, each said in one line: a full disk, a newer file, another stream."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_FULL = ("No space left", "File too large", "Disk quota exceeded", "not enough space", "max_temp_directory_size")
_FULL_ERRNO = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


class DiskFull(Exception):
    """The disk is full. What was not committed is rolled back, and stays in the stream."""


class NewerSchema(Exception):
    """The file was written by a newer Auscult."""


class InUse(Exception):
    """Another process holds the file."""


class WrongStream(Exception):
    """The stored offsets belong to another cluster or topic."""


class OffsetHole(Exception):
    """The stream goes on later than where the warehouse stopped reading."""


DataFailure = (
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.ConstraintException,
    duckdb.TypeMismatchException,
    UnicodeError,
)
"""What a row can be guilty of. Anything else that duckdb raises is the world failing."""


@contextmanager
def disk_watched(what: str) -> Iterator[None]:
    """Raise DiskFull in place of what a full disk raises while `what` is done."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        full = getattr(error, "errno", None) in _FULL_ERRNO or any(sign in str(error) for sign in _FULL)
        if not full:
            raise
        message = f"the disk is full: {what} stopped, nothing is lost; free some space and start again"
        raise DiskFull(message) from error
