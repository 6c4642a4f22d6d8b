"""What an engine is told at its start: frozen, and read from one JSON document."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import msgspec

from flexorchd.engine.plans import Plan, parse_plan

_MEGABYTE = 1024 * 1024
CPU_SECONDS_A_MEGABYTE = 30
"""Some ten scanned pages of a few seconds each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document of less than a megabyte may use before its subprocess is ended; see `of`.

    Attributes:
        memory: bytes of address space.
        cpu_seconds: processor time.
        wall_seconds: time by the clock.
        output: bytes of its result.
        open_files: descriptors.
    """

    memory: int = 2 * 1024 * _MEGABYTE
    cpu_seconds: int = 240
    wall_seconds: float = 480.0
    output: int = 64 * _MEGABYTE
    open_files: int = 64

    def of(self, size: int) -> Limits:
        """The limits of a document of so many bytes: a long scan takes as long as it has pages."""
        more = size // _MEGABYTE * CPU_SECONDS_A_MEGABYTE
        return replace(
            self,
            cpu_seconds=self.cpu_seconds + more,
            wall_seconds=self.wall_seconds + 2 * more,
        )


@dataclass(frozen=True, slots=True)
class Chaos:
    """Faults on purpose, for trying one's own automation. Rates are 0.0 to 1.0 of the requests.

    Attributes:
        errors: answered with 503 before anything is done.
        lost: done, but the connection breaks before the answer.
        slow: held back by `slow_seconds`.
        rejects: rate of the *files* in an upload that are refused.
        seed: makes the sequence of faults repeatable.
    """

    errors: float = 0.0
    lost: float = 0.0
    slow: float = 0.0
    slow_seconds: float = 2.0
    rejects: float = 0.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How an engine runs.

    Attributes:
        data: its folder, made private to this user.
        key: the API key that requests must carry.
        socket: descriptor of an inherited listening socket; None where one is passed in.
        plan: the plan that it rehearses, see `plans.parse_plan`.
        executor: ``local`` or ``dask://host:port``.
        ocr_languages: ISO 639 codes; empty: what is installed.
        keep_originals: seconds that uploaded bytes are kept after their job.
        connector_roots: folders below which ``folder`` connectors may read.
        allowed_hosts: names that a Host header may have; empty: any (Unix sockets).
        limits: for each document.
        chaos: faults on purpose.
    """

    data: Path
    key: str = field(repr=False)
    socket: int | None = None
    plan: str = "unlimited"
    executor: str = "local"
    ocr_languages: tuple[str, ...] = ()
    keep_originals: float = 7 * 86400.0
    connector_roots: tuple[Path, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = Limits()
    chaos: Chaos = Chaos()

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("key: an engine without an API key would serve anyone; give one.")
        if self.executor != "local" and not self.executor.startswith("dask://"):
            raise ValueError(
                f"executor: {self.executor!r} is neither 'local' nor 'dask://host:port'."
            )
        parse_plan(self.plan)

    @property
    def rehearsed_plan(self) -> Plan:
        """The plan whose limits this engine keeps."""
        return parse_plan(self.plan)


def read_settings(document: bytes | str) -> EngineSettings:
    """Settings from a JSON document whose keys are the attributes of `EngineSettings`.

    Raises:
        ValueError: not JSON, an unknown key, or a bad value; the message names the key and never
            shows a secret's value.
    """
    raw = msgspec.json.decode(document, type=dict[str, object])
    unknown = raw.keys() - {known.name for known in fields(EngineSettings)}
    if unknown:
        raise ValueError(f"Unknown engine settings: {', '.join(sorted(unknown))}.")
    return msgspec.convert(raw, type=EngineSettings, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"Expected a path, got {type(value).__name__}")
