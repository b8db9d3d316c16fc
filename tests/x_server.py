"""A server on loopback that answers as X API v2 does, for tweepy's own client. It holds invented posts only."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests.adapters import HTTPAdapter

from listeners.snowflake import EPOCH

TOKEN = "AAAAinvented-token"
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


class Clock:
    """A clock that runs `speed` times as fast as the wall's (0: only by `sleep`), and notes how long it was slept."""

    def __init__(self, speed: float = 0.0) -> None:
        self.speed, self.offset, self.begun, self.slept = speed, 0.0, time.monotonic(), [0.0][:0]

    def now(self) -> datetime:
        return START + timedelta(seconds=self.offset + (time.monotonic() - self.begun) * self.speed)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.speed:
            time.sleep(seconds / self.speed)
        else:
            self.offset += seconds


class Transport(HTTPAdapter):
    """Takes what is meant for X to the server on loopback."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = request.url.replace("https://api.twitter.com", f"http://127.0.0.1:{self.port}")
        return super().send(request, *args, **kwargs)


def post_id(at: datetime, number: int = 0) -> str:
    """Give an id as X makes them at a moment."""
    return str((((at - EPOCH) // timedelta(milliseconds=1)) << 22) + number)


def post(at: datetime, text: str, number: int = 0, author: str = "501", **fields: Any) -> dict[str, Any]:
    """Give a post as X API v2 shows it."""
    tags = [{"tag": word[1:]} for word in text.split() if word.startswith("#")]
    return {
        "id": post_id(at, number),
        "text": text,
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "author_id": author,
        "edit_history_tweet_ids": [post_id(at, number)],
        "entities": {"hashtags": tags},
        "lang": "en",
        "public_metrics": {"like_count": 1, "retweet_count": 0, "reply_count": 0, "quote_count": 0},
        **fields,
    }


class XServer(ThreadingHTTPServer):
    """X with its posts, users, rules and connections; `failures` are given out first, one for each matching request."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, clock: Clock) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.clock = clock
        self.posts: list[dict[str, Any]] = []
        self.includes: dict[str, list[dict[str, Any]]] = {}
        self.errors: list[dict[str, Any]] = []
        self.hidden_users: set[str] = set()
        self.rules: list[dict[str, str]] = []
        self.failures: list[tuple[str, int, dict[str, str], Any]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.script: queue.Queue[Any] = queue.Queue()
        self.connections = 0
        self.stale = 0
        self.stale_until: datetime | None = None
        self.usage: dict[str, Any] = {"project_usage": "0", "project_cap": "3000000", "project_id": "7"}
        self.search_length = 512
        self.over = threading.Event()

    def searches(self) -> list[dict[str, str]]:
        return [query for _, path, query in self.asked if path.startswith("/2/tweets/search/recent")]

    def say(self, *steps: Any) -> None:
        """Write the stream: a dict is a line; bytes go out as they are; "alive", "close", "cut", "silent" happen."""
        for step in steps:
            self.script.put(step)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: XServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        path, query = self._asked()
        if self._failed(path):
            return
        match path:
            case "/2/tweets/search/recent" | "/2/tweets/search/all":
                self._search(path, query)
            case "/2/tweets/search/stream":
                self._stream()
            case "/2/tweets/search/stream/rules":
                self._answer(200, {"data": self.server.rules, "meta": {}} if self.server.rules else {"meta": {}})
            case "/2/users":
                self._users(query["ids"].split(","))
            case "/2/usage/tweets":
                self._answer(200, {"data": self.server.usage})
            case "/2/tweets/counts/recent":
                self._answer(200, {"data": [], "meta": {"total_tweet_count": len(self.server.posts)}})
            case _:
                self._answer(404, problem("Not Found", path))

    def do_POST(self) -> None:
        path, _ = self._asked()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._failed(path):
            return
        server, errors, added = self.server, [], []
        for rule in body.get("add", []):
            if rule["value"] in {known["value"] for known in server.rules}:
                errors.append({"title": "DuplicateRule", "value": rule["value"], "id": "1"})
            elif "badword" in rule["value"]:
                errors.append({"title": "UnprocessableEntity", "value": rule["value"], "details": ["no such operator"]})
            else:
                added.append({"id": str(len(server.asked) * 1000 + len(added)), **rule})
        server.rules = [r for r in server.rules if r["id"] not in body.get("delete", {}).get("ids", [])] + added
        self._answer(200 if added or "delete" in body else 201, {"data": added, "errors": errors})

    def do_DELETE(self) -> None:
        path, _ = self._asked()
        if not self._failed(path):
            self.server.stale = 0
            self._answer(200, {"data": {"successful_kills": 1}})

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((self.command, parts.path, query))
        return parts.path, query

    def _failed(self, path: str) -> bool:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, problem("Unauthorized", "Unauthorized"))
            return True
        for failure in self.server.failures:
            if path == failure[0]:
                self.server.failures.remove(failure)
                if failure[1] == 0:
                    self.connection.close()
                    self.close_connection = True
                else:
                    self._answer(failure[1], failure[3], failure[2])
                return True
        return False

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _search(self, path: str, query: dict[str, str]) -> None:
        now, everything = self.server.clock.now(), path.endswith("/all")
        wrong = _wrong(query, now, everything, self.server.search_length)
        if wrong:
            self._answer(400, {"errors": [{"message": wrong}], "title": "Invalid Request", "detail": "invalid"})
            return
        found = sorted(_found(self.server.posts, query, now), key=lambda each: -int(each["id"]))
        below, size = int(query.get("next_token", f"t{2**63}")[1:]), int(query["max_results"])
        found = [each for each in found if int(each["id"]) < below]
        page = found[:size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if size < len(found):
            meta["next_token"] = f"t{page[-1]['id']}"
        answer: dict[str, Any] = {"meta": meta, **({"data": page} if page else {})}
        if page and self.server.includes:
            answer["includes"] = self.server.includes
        if page and self.server.errors:
            answer["errors"] = self.server.errors
        self._answer(200, answer)

    def _users(self, ids: list[str]) -> None:
        assert len(ids) <= 100
        shown = [
            {"id": each, "username": f"person{each}", "name": f"Person {each}", "description": f"bio of {each}"}
            for each in ids
            if each not in self.server.hidden_users
        ]
        errors = [
            {"resource_type": "user", "resource_id": each, "title": "Not Found Error", "parameter": "ids"}
            for each in ids
            if each in self.server.hidden_users
        ]
        self._answer(200, {"data": shown, "errors": errors})

    def _stream(self) -> None:
        server = self.server
        if server.stale_until is not None and server.clock.now() >= server.stale_until:
            server.stale = 0
        if server.connections + server.stale >= 1:
            self._answer(
                429,
                {
                    "title": "ConnectionException",
                    "detail": "This stream is currently at the maximum allowed connection limit.",
                    "connection_issue": "TooManyConnections",
                    "type": "https://api.twitter.com/2/problems/streaming-connection",
                },
            )
            return
        server.connections += 1
        try:
            self._speak()
        except OSError:
            return
        finally:
            server.connections -= 1
            self.close_connection = True

    def _speak(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        idle = 0.0
        while not self.server.over.is_set():
            try:
                step = self.server.script.get(timeout=0.05)
            except queue.Empty:
                idle += 0.05
                if idle >= 0.3:
                    idle = 0.0
                    self._chunk(b"\r\n")
                continue
            if step == "close":
                self._chunk(b"")
                return
            if step == "cut":  # in the middle of a line, and of a chunk
                self.wfile.write(b'40\r\n{"data":{"id":"17')
                self.wfile.flush()
                return
            if step == "half":  # in the middle of a line, the answer ended properly
                self._chunk(b'{"data":{"id":"17')
                self._chunk(b"")
                return
            if step == "silent":
                self.server.over.wait(1.5)
                return
            if step == "alive":
                self._chunk(b"\r\n")
            else:
                self._chunk(step if isinstance(step, bytes) else json.dumps(step).encode() + b"\r\n")

    def _chunk(self, body: bytes) -> None:
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()


def problem(title: str, detail: str, **more: Any) -> dict[str, Any]:
    """Give a problem as X states one."""
    return {"title": title, "detail": detail, "type": "about:blank", **more}


def _wrong(query: dict[str, str], now: datetime, everything: bool, length: int) -> str | None:
    """Say what X would not take of a search."""
    if len(query["query"]) > (1024 if everything else length):
        return "query is too long"
    if not 10 <= int(query["max_results"]) <= (500 if everything else 100):
        return "max_results"
    if ("since_id" in query or "until_id" in query) and ("start_time" in query or "end_time" in query):
        return "ids and times do not go together"
    if "end_time" in query and _time(query["end_time"]) > now - timedelta(seconds=10):
        return "'end_time' must be a minimum of 10 seconds prior to the request time"
    if not everything:
        since = [EPOCH + timedelta(milliseconds=int(query["since_id"]) >> 22)] if "since_id" in query else []
        since += [_time(query["start_time"])] if "start_time" in query else []
        if since and min(since) < now - WEEK:
            return "must be within the last 7 days"
    return None


def _found(posts: list[dict[str, Any]], query: dict[str, str], now: datetime) -> Iterator[dict[str, Any]]:
    """Give the posts that X would find: no reposts, and none of the last half minute."""
    words = {word.strip("()").lower() for word in query["query"].split()}
    for each in posts:
        at = EPOCH + timedelta(milliseconds=int(each["id"]) >> 22)
        if any(one["type"] == "retweeted" for one in each.get("referenced_tweets", [])):
            continue
        if not words.intersection(word.lower() for word in each["text"].split()):
            continue
        if at > now - timedelta(seconds=30) or (
            at < now - WEEK and "since_id" not in query and "start_time" not in query
        ):
            continue
        if int(each["id"]) <= int(query.get("since_id", 0)) or int(each["id"]) >= int(query.get("until_id", 2**63)):
            continue
        if "start_time" in query and at < _time(query["start_time"]):
            continue
        if "end_time" in query and at >= _time(query["end_time"]):
            continue
        yield each


def _time(word: str) -> datetime:
    return datetime.fromisoformat(word)


@contextmanager
def x_server(clock: Clock) -> Iterator[XServer]:
    """Run X on loopback."""
    server = XServer(clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
