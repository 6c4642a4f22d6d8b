"""The types of configuration values: how each is written, and within which bounds."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    PlainSerializer,
    SecretStr,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from flexorchd.rules import schedule, selection

DAY = 86_400

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_KEY_LIKE = re.compile("d?fx_[A-Za-z0-9]{16,}")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": DAY}


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """A mistake in one value, with its remedy, for `flexorchd.config.mistakes` to report."""
    return PydanticCustomError("flexorchd", "{message}", {"message": message, "remedy": remedy})


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise wrong("is true or false, where a number is wanted", "Write a number.")
    return value


def _duration(value: Any) -> Any:
    """Seconds of ``"7d"``, ``"12h"``, ``"30m"``, ``"45s"`` or a bare number of seconds."""
    if not isinstance(value, str):
        return _no_truth(value)
    match = _DURATION.fullmatch(value.strip())
    if not match:
        raise wrong(
            f"is no duration: {value!r}", 'Write a number and a unit, such as "7d", "12h", "30m".'
        )
    return float(match[1]) * _UNITS[match[2]]


def _duration_text(seconds: float) -> str:
    for unit in "dhm":
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]:.0f}{unit}"
    return f"{seconds:g}s"


def _file_mode(value: Any) -> int:
    """Permission bits out of octal text (``"0640"``) or TOML's own octal number (``0o640``)."""
    mode = value
    if isinstance(value, str):
        octal = value.strip().lower().removeprefix("0o")
        mode = int(octal, 8) if re.fullmatch("[0-7]{3,4}", octal) else None
    if isinstance(mode, bool) or not isinstance(mode, int) or not _is_owners_and_plain(mode):
        raise wrong(
            f"is no mode that lets the owner read and write a plain file: {value!r}",
            'Write it as octal text, such as "0640" or "0600".',
        )
    return mode


def _is_owners_and_plain(mode: int) -> bool:
    return mode & 0o600 == 0o600 and mode & ~0o666 == 0


def words(value: Any) -> Any:
    """A list as it is, or as an environment variable gives it: in JSON, or words between commas."""
    if not isinstance(value, str):
        return value
    try:
        listed = json.loads(value)
    except ValueError:
        listed = None
    if isinstance(listed, list):
        return listed
    return [word for part in value.split(",") if (word := part.strip())]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _address(value: Any) -> Address | None:
    if value is None or isinstance(value, Address):
        return value
    if value == "":
        return None
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/\s]+):(\d{1,5})", str(value))
    if not match or int(match[2]) > 65_535:
        raise wrong(
            f"is no address to listen on: {value!r}",
            'Write host:port, such as "127.0.0.1:8620" or "[::1]:8620"; "" turns it off.',
        )
    return Address(match[1].strip("[]"), int(match[2]))


def is_loopback(host: str) -> bool:
    """Whether a host's name or address stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or re.search(r"[\s\x00-\x1f]", value):
        raise wrong("is no web address", "Write it in full, beginning with https://.")
    if parts.username is not None or parts.query or parts.fragment:
        raise wrong(
            "has more than a scheme, a host and a path",
            "Leave out user name, password, query and fragment.",
        )
    return value.rstrip("/")


def _secret_url(value: SecretStr) -> SecretStr:
    """An address that is a secret itself; as the ledger remembers it, only its place is left."""
    if value.get_secret_value() != str(value):
        _url(value.get_secret_value())
    return value


def _private_url(value: str) -> str:
    url = _url(value)
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise wrong(
            "would send documents and the key in the clear",
            "Write https://; plain http is for this machine only.",
        )
    return url


def _glob(value: str) -> str:
    try:
        selection.check_pattern(value)
    except ValueError as error:
        raise wrong(
            f"is no pattern: {error}", 'Write a glob, such as "*.pdf" or "drafts/".'
        ) from None
    return value


def _cron(value: str) -> str:
    try:
        schedule.check_expression(value)
    except ValueError as error:
        raise wrong(
            f"is no cron line: {error}",
            'Write five fields, such as "0 6 * * *" for six each morning; leave it out to export by hand.',
        ) from None
    return value


def _time_zone(value: str) -> str:
    try:
        schedule.check_timezone(value)
    except ValueError as error:
        raise wrong(str(error), 'Write an IANA name, such as "Europe/Berlin" or "UTC".') from None
    return value


def _subfolder(value: str) -> str:
    parts = value.split("/")
    if value.startswith("/") or not set(parts).isdisjoint(("", ".", "..")) or "\0" in value:
        raise wrong(
            f"does not stay below the output: {value!r}",
            'Write a relative folder, such as "review".',
        )
    if parts[0] in ("results", "failed", "datasets") or parts[0].startswith("."):
        raise wrong(f"is the daemon's own folder: {value!r}", "Choose another name.")
    return value


def _place(value: Any) -> Any:
    if value == "" or "\0" in str(value):
        raise wrong("is no path", "Write the path of a file or folder, or leave the key out.")
    return value


def _secret_place(value: Any) -> Any:
    if _KEY_LIKE.fullmatch(Path(str(value)).name):
        raise wrong(
            "holds the key itself", "Put the key into a file of its own, and name that file here."
        )
    return _place(value)


def _matching(pattern: str, what: str, remedy: str) -> AfterValidator:
    """Refuse text that is not of this form, in words rather than by the pattern."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise wrong(f"is no {what}: {value!r}", remedy)
        return value

    return AfterValidator(check)


Place = Annotated[Path, BeforeValidator(_place)]
"""A file or folder; `flexorchd.config.sources` has made it absolute."""

SecretPlace = Annotated[Path, BeforeValidator(_secret_place)]
"""A file that holds a secret."""

Seconds = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=DAY, allow_inf_nan=False)]
"""A pause, up to a day."""

Interval = Annotated[float, BeforeValidator(_no_truth), Field(ge=0.1, le=DAY, allow_inf_nan=False)]
"""A pause that is not nothing."""

Duration = Annotated[
    float,
    BeforeValidator(_duration),
    Field(ge=0, allow_inf_nan=False),
    PlainSerializer(_duration_text),
]
"""Seconds, written as ``"7d"``."""

Count = Annotated[int, BeforeValidator(_no_truth), Field(ge=0)]
FileMode = Annotated[int, BeforeValidator(_file_mode), PlainSerializer(lambda mode: f"{mode:04o}")]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)]
Places = Annotated[tuple[Place, ...], NoDecode, BeforeValidator(words)]
Listen = Annotated[
    InstanceOf[Address] | None,
    BeforeValidator(_address),
    PlainSerializer(lambda address: str(address or "")),
]
Url = Annotated[str, AfterValidator(_url)]
SecretUrl = Annotated[SecretStr, AfterValidator(_secret_url)]
PrivateUrl = Annotated[str, AfterValidator(_private_url)]
Glob = Annotated[str, AfterValidator(_glob)]
Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Subfolder = Annotated[str, AfterValidator(_subfolder)]
Name = Annotated[
    str,
    _matching(
        "[a-z0-9][a-z0-9_-]{0,62}",
        "name",
        "Use up to 63 lower-case letters, digits, - and _, beginning with a letter or digit.",
    ),
]
Locale = Annotated[
    str,
    _matching(
        "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
        "language",
        'Write a code, such as "de", or "und" for any.',
    ),
]
Executor = Annotated[
    str,
    _matching(
        r"local|dask://[A-Za-z0-9._-]+:\d{1,5}", "executor", 'Write "local" or "dask://host:port".'
    ),
]
Plan = Annotated[
    str,
    _matching(
        r"(unlimited|trial|starter|pro)( (rpm|credits)=[1-9]\d*)*",
        "plan",
        "Write unlimited, trial, starter or pro, and behind it rpm=N or credits=N if you like.",
    ),
]
Mode = Literal["hosted", "embedded"]
Grade = Literal["A", "B", "C", "D"]
