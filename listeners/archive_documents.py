"""JSON values of a file, one by one: JSON Lines, or documents that run over many lines."""

from collections.abc import Iterator

from listeners.archive_lines import Line, Lines


def documents(lines: Lines) -> Iterator[Line]:
    """Give each value with the line on which it starts."""
    for line in lines:
        if line.raw.strip():
            yield line
