"""One configuration out of its sources: defaults, then file, then environment, then command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flexorchd.config.access import KEY_VARIABLE, mode_of
from flexorchd.config.checks import contradictions
from flexorchd.config.fields import Mode
from flexorchd.config.mistakes import explained, key_of, refuse, unknown
from flexorchd.config.models import ApiConfig, Config
from flexorchd.config.sources import (
    Layer,
    Raw,
    Source,
    find,
    misspelt,
    read_environment,
    read_file,
)
from flexorchd.rules.naming import escape_controls, slug
from flexorchd.rules.selection import supported_kinds

Loc = tuple[str | int, ...]

_HOSTED: Raw = {"limits": {"max_backlog": 1_000, "versions_per_day": 10}}


@dataclass(frozen=True, slots=True)
class Origin:
    """An effective value, and where it came from.

    Attributes:
        value: as it would stand in a file; secrets are hidden.
        source: the kind of source.
        place: the file or the variable; empty for the other sources.
    """

    value: str
    source: Source
    place: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that has been checked, and what it was made of.

    Attributes:
        config: with every default filled in, those included that depend on the mode.
        mode: where documents are processed.
        file: the file that was read, or None.
        origin: dotted key (``watch.scans.settle``) to its value and source.
        warnings: what is allowed and still odd, in sentences.
    """

    config: Config
    mode: Mode
    file: Path | None
    origin: Mapping[str, Origin]
    warnings: tuple[str, ...] = ()

    def given(self, key: str) -> bool:
        """Whether somebody chose this key's value, be it the default one."""
        origin = self.origin.get(key)
        return origin is not None and origin.source != "default"


def load(file: Path | None = None, *, env: Mapping[str, str], cwd: Path) -> Loaded:
    """Read the configuration file and the environment.

    Args:
        file: what ``-c`` says; without it the file is looked for.
        env: the environment.
        cwd: where relative paths of the command line and the environment start.

    Raises:
        ConfigError: no file, or mistakes; all that could be found at once.
    """
    found = find(file, env=env, cwd=cwd)
    return _joined([read_file(found), *read_environment(env, cwd)], env, found)


def for_inbox(
    inbox: Path,
    output: Path | None = None,
    *,
    state_dir: Path | None = None,
    settle: float | None = None,
    locale: str | None = None,
    mask_pii: bool | None = None,
    env: Mapping[str, str],
    cwd: Path,
) -> Loaded:
    """The configuration of ``flexorchd run INBOX``: no file, and embedded unless the mode is given.

    Args:
        inbox: the folder to watch; its base name becomes the watch's.
        output: where results go; by default ``outbox`` here.
        state_dir: by default ``.<output name>.flexorchd`` beside the output.
        settle: as in a ``[[watch]]``.
        locale: as in a ``[[watch]]``.
        mask_pii: as in a ``[[watch]]``.
        env: the environment.
        cwd: where relative paths start.

    Raises:
        ConfigError: mistakes in the environment or in the arguments.
    """
    folder = cwd / inbox
    watch = {"path": folder, "settle": settle, "locale": locale, "mask_pii": mask_pii}
    flags: Raw = {"watch": [{"name": slug(Path(os.path.realpath(folder)).name), **_given(watch)}]}
    if output is not None:
        flags["output"] = {"path": cwd / output}
    if state_dir is not None:
        flags["state_dir"] = cwd / state_dir
    layers = [*read_environment(env, cwd), Layer("command line", flags)]
    return _joined([Layer("default", _inbox_defaults(layers, cwd)), *layers], env, None)


def remember(config: Config) -> str:
    """A configuration as text, for commands that find it in the ledger instead of a file."""
    return json.dumps(config.model_dump(by_alias=True), default=str)


def recall(text: str) -> Config:
    """The configuration that `remember` wrote down.

    Raises:
        ConfigError: it was written by a version that knew other keys.
    """
    return _validated(json.loads(text))


def _given(values: Mapping[str, Any]) -> Raw:
    return {key: value for key, value in values.items() if value is not None}


def _inbox_defaults(layers: Sequence[Layer], cwd: Path) -> Raw:
    chosen = _merged(layer.raw for layer in layers).get("output", {}).get("path")
    output = Path(chosen or cwd / "outbox").absolute()
    return {
        "api": {"mode": "embedded"},
        "output": {"path": output},
        "state_dir": state_dir_beside(output),
    }


def state_dir_beside(output: Path) -> Path:
    """Where `flexorchd run INBOX` keeps its state, unless it is told."""
    return output.parent / f".{output.name}.flexorchd"


def _joined(layers: Sequence[Layer], env: Mapping[str, str], file: Path | None) -> Loaded:
    """The later layer wins over the earlier."""
    given = _merged(layer.raw for layer in layers)
    mode = _mode(given, env)
    raw = _with_mode_defaults(given, mode)
    config = _validated(raw)
    refuse(contradictions(config))
    origin = dict(_origins(config, layers, raw))
    if mode == "hosted" and config.api.key_file is None and KEY_VARIABLE in env:
        origin["api.key"] = Origin("(hidden)", "environment", KEY_VARIABLE)
    return Loaded(config, mode, file, origin, tuple(misspelt(env)))


def _validated(raw: Raw) -> Config:
    # pydantic-settings takes keyword arguments that begin with _ for options of its own
    refuse(unknown(key, key, Config.model_fields) for key in raw if key.startswith("_"))
    try:
        return Config(**raw)
    except ValidationError as error:
        refuse(explained(error, raw))
        raise


def _merged(parts: Iterable[Raw]) -> Raw:
    merged: Raw = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
    return merged


def _mode(given: Raw, env: Mapping[str, str]) -> Mode:
    try:
        return mode_of(ApiConfig.model_validate(given.get("api", {})), env)
    except ValidationError:
        return "embedded"  # of no consequence: the whole is validated next, and refused


def _with_mode_defaults(given: Raw, mode: Mode) -> Raw:
    if mode == "embedded":
        return given
    raw = _merged([_HOSTED, given])
    include = [f"*.{kind}" for kind in supported_kinds(mode)]
    if isinstance(watches := raw.get("watch"), list):
        raw["watch"] = [
            {"include": include, **watch} if isinstance(watch, dict) else watch for watch in watches
        ]
    return raw


def _origins(config: Config, layers: Sequence[Layer], raw: Raw) -> Iterator[tuple[str, Origin]]:
    for loc, value in _leaves(config.model_dump(by_alias=True)):
        layer = next((x for x in reversed(layers) if _says(x.raw, loc)), Layer("default", {}))
        yield key_of(loc, raw), Origin(_shown(value), layer.source, layer.place)


def _leaves(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*loc, key))
    elif isinstance(value, tuple) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*loc, index))
    elif len(loc) > 1 or not isinstance(value, tuple):
        yield loc, value


def _says(raw: Any, loc: Loc) -> bool:
    for part in loc:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    return escape_controls(json.dumps(value, ensure_ascii=False, default=str))
