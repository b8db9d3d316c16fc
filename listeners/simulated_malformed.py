"""Raw lines of the simulated week that cannot be read: a good line, damaged in the ways that lines get damaged."""

import json
from collections.abc import Callable

DAMAGES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("not JSON: the line ends in the middle", lambda line: line[: len(line) * 2 // 3]),
    ("not JSON: a web page in place of a post", lambda line: b"<html><body>502 Bad Gateway " + line[8:20] + b"</body>"),
    ("not JSON: nested too deep", lambda line: b"[" * 5000 + line),
    ("not JSON: two posts on one line", lambda line: line + line),
    ("not UTF-8", lambda line: line.replace(b'"text": "', b'"text": "\xff\xfe')),
    ("a NUL in the text", lambda line: line.replace(b'"text": "', b'"text": "\\u0000')),
    ("a lone surrogate in the text", lambda line: line.replace(b'"text": "', b'"text": "\\ud83d')),
    ("`id`: damaged by a spreadsheet", lambda line: _with(line, "id", "2.04E+18")),
    ("`id`: expected a string, got a fraction", lambda line: _with(line, "id", 2040301122334455.5)),
    ("`id`: missing", lambda line: _without(line, "id")),
    ("`created_at`: no such date", lambda line: _with(line, "created_at", "2026-04-31T25:61:00Z")),
    ("`created_at`: out of range", lambda line: _with(line, "created_at", "+58231-07-01T00:00:00Z")),
    ("`text`: expected a string, got a list", lambda line: _with(line, "text", ["Did", "you", "know"])),
    ("expected an object, got a string", lambda line: json.dumps(line.decode()).encode()),
)


def malformed(number: int, post_id: str, text: str, created_at: str) -> tuple[str, bytes]:
    """Give (reason, raw line) of the `number`th malformed line; one damage after the other."""
    line = json.dumps({"id": f"raw-{post_id}", "text": text, "created_at": created_at}).encode()
    reason, damage = DAMAGES[number % len(DAMAGES)]
    return reason, damage(line)


def _with(line: bytes, field: str, value: object) -> bytes:
    return json.dumps({**json.loads(line), field: value}).encode()


def _without(line: bytes, field: str) -> bytes:
    return json.dumps({name: value for name, value in json.loads(line).items() if name != field}).encode()
