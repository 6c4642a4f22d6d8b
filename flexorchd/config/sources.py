"""The places that configuration values come from: a TOML file and environment variables."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_settings import EnvSettingsSource

from flexorchd.config.fields import words
from flexorchd.config.mistakes import nearest, refuse, unknown
from flexorchd.config.models import Config, section_of
from flexorchd.errors import ConfigError

Raw = dict[str, Any]
Source = Literal["default", "file", "environment", "command line"]

PREFIX = "FLEXORCHD_"
FILE_VARIABLE = f"{PREFIX}CONFIG"
SYSTEM_FILE = Path("/etc/flexorchd/config.toml")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says.

    Attributes:
        source: the kind of source.
        raw: keys and values, nested as in a file, every path absolute.
        place: the file or the variable, for people.
    """

    source: Source
    raw: Raw
    place: str = ""


def find(file: Path | None, *, env: Mapping[str, str], cwd: Path) -> Path:
    """The configuration file: ``-c``, ``$FLEXORCHD_CONFIG``, ``./flexorchd.toml``, the system's.

    Raises:
        ConfigError: there is none.
    """
    named = file or (Path(env[FILE_VARIABLE]) if env.get(FILE_VARIABLE) else None)
    if named is not None:
        return cwd / named
    usual = (cwd / "flexorchd.toml", SYSTEM_FILE)
    # Who types `runuser -u flexorchd` in a folder of root's does not mean a file there.
    looked_at = usual if os.access(cwd, os.X_OK) else usual[::-1]
    for candidate in looked_at:
        if not _is_absent(candidate):
            return candidate
    raise ConfigError(
        "configuration",
        f"there is none: neither {usual[0]} nor {usual[1]} exists.",
        "Name one with -c FILE. Without one: `flexorchd run INBOX --output DIR`, and for the other commands "
        "--state-dir, which is .DIR.flexorchd beside DIR.",
    )


def _is_absent(file: Path) -> bool:
    """Not so a file that this user may not even see: that it cannot be read has to be said."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def read_file(file: Path) -> Layer:
    """A TOML file; its relative paths start in its own folder.

    Raises:
        ConfigError: it cannot be read, or is not TOML.
    """
    try:
        raw = tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise ConfigError(
            str(file), f"cannot be read: {error.strerror}.", "Correct its name or its rights."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), f"is not TOML: {error}.", "Correct it there.") from None
    return Layer("file", _anchored(Config, raw, file.absolute().parent), str(file))


def read_environment(env: Mapping[str, str], cwd: Path) -> list[Layer]:
    """One layer a variable, so that each value can name its own; relative paths start in `cwd`.

    Raises:
        ConfigError: a variable that has our form and names no key.
    """
    known = _variables()
    names = [name for name in env if name.startswith(PREFIX) and name != FILE_VARIABLE]
    refuse(
        unknown(name, name, known) for name in names if name not in known and _is_meant_as_key(name)
    )
    return [
        Layer("environment", _anchored(Config, _OneVariable(name, env[name])(), cwd), name)
        for name in names
        if name in known
    ]


def misspelt(env: Mapping[str, str]) -> Iterator[str]:
    """Warnings of variables that are not read and look much like one that is."""
    known = [name.removeprefix(PREFIX) for name in (*_variables(), FILE_VARIABLE)]
    for name in env:
        word = name.removeprefix(PREFIX)
        if name != word and word not in known and (guess := nearest(word, known)):
            yield f"{name} is not read. Did you mean {PREFIX}{guess}?"


class _OneVariable(EnvSettingsSource):
    """A variable as it was handed in, not the process's own."""

    def __init__(self, name: str, value: str) -> None:
        self._handed_in = {name.lower(): value}
        super().__init__(Config)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._handed_in


def _variables() -> list[str]:
    names = []
    for name, field in Config.model_fields.items():
        section = section_of(field)
        if section is None:
            names.append(f"{PREFIX}{name}".upper())
        elif field.alias is None:
            names += [f"{PREFIX}{name}__{key}".upper() for key in section.model_fields]
    return names


def _is_meant_as_key(name: str) -> bool:
    """Not so ``FLEXORCHD_PORT`` and its like, which Kubernetes sets by itself beside a service."""
    sections = (field.alias or name for name, field in Config.model_fields.items())
    return "__" in name or name.removeprefix(PREFIX).lower() in sections


def _anchored(model: type[BaseModel], raw: Any, base: Path) -> Any:
    """`raw` with every relative path below `base`, as far as it has the model's shape."""
    if not isinstance(raw, dict):
        return raw
    anchored = dict(raw)
    for name, field in model.model_fields.items():
        key = field.alias or name
        section = section_of(field)
        if key not in raw:
            continue
        if section is not None:
            anchored[key] = _each(raw[key], partial(_anchored, section, base=base))
        elif _holds_paths(field.annotation):
            value = words(raw[key]) if get_origin(field.annotation) is tuple else raw[key]
            anchored[key] = _each(value, partial(_below, base=base))
    return anchored


def _holds_paths(annotation: Any) -> bool:
    return annotation is Path or any(_holds_paths(part) for part in get_args(annotation))


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return [change(item) for item in value] if isinstance(value, list) else change(value)


def _below(value: Any, base: Path) -> Any:
    if not isinstance(value, str) or not value:
        return value
    return base / os.path.expanduser(value)  # pathlib's raises for an unknown user
