"""The broker's topics, and what tells its log from any other: cluster id, topic ids, producer ids never given twice."""

import re
import shutil
import uuid
from pathlib import Path

import msgspec

from listeners.broker_log import Damaged, Limits, Log, replace_file
from listeners.broker_refusal import Code, Refusal

_NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_MOST_PARTITIONS = 256
_PRODUCERS_AT_ONCE = 1000
_SETTINGS = {
    "retention.ms": "retention_ms",
    "retention.bytes": "retention_bytes",
    "segment.ms": "segment_ms",
    "segment.bytes": "segment_bytes",
    "max.message.bytes": "message_bytes",
    "delete.retention.ms": "tombstones_ms",
}


class Topic(msgspec.Struct):
    """A topic as it was created."""

    id: str
    partitions: int
    settings: dict[str, str]


class _Catalogue(msgspec.Struct, forbid_unknown_fields=True):
    cluster: str
    next_producer: int
    topics: dict[str, Topic]


class Topics:
    """Every topic and its logs, in one folder. Created and deleted by name, kept by id."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._path = folder / "catalogue.json"
        self._logs_folder = folder / "topics"
        self._logs_folder.mkdir(exist_ok=True)
        self._catalogue = self._read()
        self._given = self._reserved = self._catalogue.next_producer
        self._logs = {name: self._open(topic) for name, topic in self._catalogue.topics.items()}
        self._sweep()

    def _read(self) -> _Catalogue:
        if self._path.exists():
            try:
                return msgspec.json.decode(self._path.read_bytes(), type=_Catalogue)
            except msgspec.DecodeError as error:
                raise Damaged(f"{self._path}: {error}") from error
        if any(self._logs_folder.iterdir()):
            raise Damaged(f"{self._path} is missing, and there are topics beside it")
        catalogue = _Catalogue(uuid.uuid4().hex, 1, {})
        replace_file(self._path, msgspec.json.encode(catalogue))
        return catalogue

    def _sweep(self) -> None:
        """Removes what a kill in the middle of creating or deleting a topic has left."""
        known = {topic.id for topic in self._catalogue.topics.values()}
        for folder in self._logs_folder.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder)

    def _open(self, topic: Topic) -> list[Log]:
        limits = _limits(topic.settings, self._limits)
        return [Log(self._logs_folder / topic.id / str(number), limits) for number in range(topic.partitions)]

    def _save(self) -> None:
        replace_file(self._path, msgspec.json.encode(self._catalogue))

    @property
    def cluster(self) -> str:
        """The id of this log as a whole; another one after it was wiped."""
        return self._catalogue.cluster

    @property
    def names(self) -> list[str]:
        """The topics that exist."""
        return list(self._catalogue.topics)

    @property
    def logs(self) -> list[Log]:
        """Every partition of every topic."""
        return [log for logs in self._logs.values() for log in logs]

    def get(self, name: str) -> Topic | None:
        """The topic of that name, if it exists."""
        return self._catalogue.topics.get(name)

    def name_of(self, topic_id: uuid.UUID) -> str | None:
        """The name of the topic with that id."""
        return next((name for name, topic in self._catalogue.topics.items() if topic.id == str(topic_id)), None)

    def log(self, name: str, partition: int) -> Log:
        """One partition's log, or a `Refusal`."""
        logs = self._logs.get(name)
        if logs is None or not 0 <= partition < len(logs):
            raise Refusal(Code.UNKNOWN_TOPIC_OR_PARTITION, f"{name}[{partition}]")
        return logs[partition]

    def create(self, name: str, partitions: int, settings: dict[str, str], really: bool = True) -> Topic:
        """Creates a topic, durably; only checks whether it could, unless `really`."""
        if name in self._catalogue.topics:
            raise Refusal(Code.TOPIC_ALREADY_EXISTS, name)
        if not _NAME.fullmatch(name) or name in (".", ".."):
            raise Refusal(Code.INVALID_TOPIC_EXCEPTION, "letters, digits, '.', '_' and '-', at most 249")
        if not 1 <= partitions <= _MOST_PARTITIONS:
            raise Refusal(Code.INVALID_PARTITIONS, f"{partitions}: expected 1 to {_MOST_PARTITIONS}")
        _limits(settings, self._limits)
        topic = Topic(str(uuid.uuid4()), partitions, settings)
        if really:
            self._logs[name] = self._open(topic)
            self._catalogue.topics[name] = topic
            self._save()
        return topic

    def alter(self, name: str, changes: dict[str, str | None], really: bool = True) -> None:
        """Changes a topic's settings, durably; None takes one back to the broker's own."""
        topic = self._catalogue.topics.get(name)
        if topic is None:
            raise Refusal(Code.UNKNOWN_TOPIC_OR_PARTITION, name)
        settings = {key: value for key, value in {**topic.settings, **changes}.items() if value is not None}
        limits = _limits(settings, self._limits)
        if really and settings != topic.settings:
            topic.settings = settings
            self._save()
            for log in self._logs[name]:
                log.limits = limits

    def delete(self, name: str) -> None:
        """Deletes a topic and all of its records."""
        topic = self._catalogue.topics.pop(name, None)
        if topic is None:
            raise Refusal(Code.UNKNOWN_TOPIC_OR_PARTITION, name)
        self._save()
        for log in self._logs.pop(name):
            log.close()
        shutil.rmtree(self._logs_folder / topic.id)

    def next_producer(self) -> int:
        """A producer id that was never given before; ids are reserved on the disk a thousand at a time."""
        if self._given == self._reserved:
            self._reserved += _PRODUCERS_AT_ONCE
            self._catalogue.next_producer = self._reserved
            self._save()
        self._given += 1
        return self._given - 1

    def close(self) -> None:
        """Makes all durable and closes the files."""
        for log in self.logs:
            log.close()


def _limits(settings: dict[str, str], limits: Limits) -> Limits:
    changes: dict[str, int | bool] = {}
    for name, value in settings.items():
        if name == "cleanup.policy" and value in ("delete", "compact"):
            changes["compact"] = value == "compact"
        elif name in _SETTINGS and re.fullmatch(r"-1|\d{1,18}", value):
            changes[_SETTINGS[name]] = int(value)
        else:
            raise Refusal(Code.INVALID_CONFIG, f"{name}={value} is not known here")
    return msgspec.structs.replace(limits, **changes)
