"""Settings: one record, read once from the environment and passed down. A bad one stops the run in one line."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

PREFIX = "AUSCULT_"
_WORDS = {"Expected": "expected", "`int`": "a whole number", "`float`": "a number", "`bool`": "true or false"}

Positive = Annotated[int, msgspec.Meta(ge=1)]
Money = Annotated[float, msgspec.Meta(ge=0)]
Days = Annotated[float, msgspec.Meta(gt=0, le=7)]


class BadSetting(ValueError):
    """A setting of the user's that cannot be used; the message names it, what was expected and what came."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a run needs to know. Each field is the environment variable AUSCULT_<FIELD>.

    `home`: the one folder of a run. `kafka_bootstrap`: real Kafka, "host:port,…"; without it the embedded broker.
    `taggers`: tagger processes. `time_zone`: the organisation's, for days on pages. `hashtags`: the user's own
    registry. `claims`: a folder of claims of the user's own, on top of the shipped ones. `retention_days`: how long
    topics keep events, at most 7, so that deletions reach them. `x_day_usd`, `x_month_usd`: what listening to X may
    cost. `listen_minutes`: how often a scheduled listener listens. `careful`: let the
    careful reader look again at what may be a signal. `infer_patients`: give authors on X the role
    patient-or-caregiver (X forbids inferring health, so this is off).
    """

    home: str = "auscult-data"
    kafka_bootstrap: str | None = None
    kafka_security_protocol: str | None = None
    kafka_sasl_mechanism: str | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: str | None = None
    kafka_ca_file: str | None = None
    kafka_cert_file: str | None = None
    kafka_key_file: str | None = None
    taggers: Positive = 1
    time_zone: str = "UTC"
    hashtags: str | None = None
    claims: str | None = None
    retention_days: Days = 7.0
    x_bearer_token: str | None = None
    x_url: str | None = None
    x_day_usd: Money = 20.0
    x_month_usd: Money = 200.0
    x_query_length: Positive = 512
    x_rule_length: Positive = 1024
    listen_minutes: Positive = 15
    infer_patients: bool = False
    careful: bool = True

    def __repr__(self) -> str:
        return f"Settings(home={self.home!r})"

    @property
    def home_path(self) -> Path:
        """The home as an absolute path."""
        return Path(self.home).expanduser().absolute()

    @property
    def hashtags_path(self) -> Path | None:
        """The user's own registry of hashtags, where there is one."""
        return Path(self.hashtags).expanduser() if self.hashtags else None

    @property
    def claims_path(self) -> Path | None:
        """The folder of the user's own claims, where there is one."""
        return Path(self.claims).expanduser().absolute() if self.claims else None

    @property
    def kafka_security(self) -> dict[str, str]:
        """The settings of TLS and SASL by their names in kafka-python."""
        named = {
            "security_protocol": self.kafka_security_protocol,
            "sasl_mechanism": self.kafka_sasl_mechanism,
            "sasl_plain_username": self.kafka_sasl_username,
            "sasl_plain_password": self.kafka_sasl_password,
            "ssl_cafile": self.kafka_ca_file,
            "ssl_certfile": self.kafka_cert_file,
            "ssl_keyfile": self.kafka_key_file,
        }
        return {name: value for name, value in named.items() if value}


def settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment. Raises BadSetting: the variable, what was expected and what came."""
    named = {n.removeprefix(PREFIX).lower(): v for n, v in environ.items() if n.startswith(PREFIX) and v != ""}
    _refuse_unknown(named)
    if "X_BEARER_TOKEN" in environ:
        named.setdefault("x_bearer_token", environ["X_BEARER_TOKEN"])
    try:
        read = msgspec.convert(named, Settings, strict=False)
    except msgspec.ValidationError as error:
        what, _, field = str(error).rpartition(" - at `$.")
        what = what.removesuffix(", got `str`")
        for word, plain in _WORDS.items():
            what = what.replace(word, plain)
        variable = PREFIX + field.rstrip("`").upper()
        shown = environ.get(variable, "") if "PASSWORD" not in variable else "…"
        raise BadSetting(f"{variable}: {what}, got {shown!r}") from None
    _check_zone(read.time_zone)
    _check_file("HASHTAGS", read.hashtags_path)
    _check_folder("CLAIMS", read.claims_path)
    return read


def _refuse_unknown(named: Mapping[str, str]) -> None:
    for name in named:
        if name not in Settings.__struct_fields__:
            near = difflib.get_close_matches(name, Settings.__struct_fields__, n=1)
            hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
            raise BadSetting(f"{PREFIX}{name.upper()}: no such setting{hint}")


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSetting(f"{PREFIX}TIME_ZONE: expected an IANA time zone such as Europe/Berlin, got {zone!r}") from None


def _check_file(name: str, path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise BadSetting(f"{PREFIX}{name}: expected a file, got {str(path)!r}, which is none")


def _check_folder(name: str, path: Path | None) -> None:
    if path is not None and not path.is_dir():
        raise BadSetting(f"{PREFIX}{name}: expected a folder, got {str(path)!r}, which is none")
