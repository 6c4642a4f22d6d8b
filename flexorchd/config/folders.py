"""Which folders may lie where, and which have to be there."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flexorchd.config.mistakes import refuse
from flexorchd.config.models import Config
from flexorchd.errors import ConfigError
from flexorchd.filesystem.patience import LOOK_SECONDS, real_path, within


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of the configuration, and the key that names it."""

    key: str
    path: Path
    is_watch: bool = False

    @property
    def real(self) -> Path:
        return real_path(self.path)


def check_folders(config: Config, *, known_watches: Collection[str] = ()) -> None:
    """Refuse folders that lie in one another, and such as have to be made first.

    By real path no output, archive, state directory or other watch lies inside a watch, and no watch
    inside any of them. Of the output, archives and the state directory the last part may be missing:
    the daemon makes that. Once it has run, what is missing is a mount to wait for, not a mistake.

    Args:
        config: a configuration.
        known_watches: names of watches whose folder was there once; empty before the first run.

    Raises:
        ConfigError: each overlap, and one line that makes all that is missing.
    """
    folders = list(_folders(config))
    refuse([*_overlaps(folders), *_missing(folders, known_watches)])


def _folders(config: Config) -> Iterator[_Folder]:
    yield _Folder("state_dir", config.state_dir)
    yield _Folder("output.path", config.output.path)
    for watch in config.watches:
        yield _Folder(f"watch.{watch.name}.path", watch.path, is_watch=True)
        if watch.archive_dir is not None:
            yield _Folder(f"watch.{watch.name}.archive_dir", watch.archive_dir)


def _overlaps(folders: Iterable[_Folder]) -> Iterator[ConfigError]:
    known = [(folder, folder.real) for folder in folders]
    for position, (one, one_real) in enumerate(known):
        for other, other_real in known[position + 1 :]:
            if not (one.is_watch or other.is_watch):
                continue
            if one_real.is_relative_to(other_real) or other_real.is_relative_to(one_real):
                yield _overlap(one, other)


def _overlap(one: _Folder, other: _Folder) -> ConfigError:
    inner, outer = (one, other) if one.real.is_relative_to(other.real) else (other, one)
    return ConfigError(
        inner.key,
        f"{inner.path} lies inside {outer.key}, {outer.path}: the daemon would meet its own files.",
        "Choose folders that do not lie in one another.",
    )


def _missing(folders: Iterable[_Folder], known_watches: Collection[str]) -> Iterator[ConfigError]:
    known = {f"watch.{name}.path" for name in known_watches}
    unknown = (f for f in folders if f.key not in known and (f.is_watch or not known))
    absent = [folder for folder in unknown if not _is_there(folder)]
    for folder in absent:
        if folder.path.exists():
            yield ConfigError(folder.key, f"{folder.path} is no folder.", "Name a folder.")
    missing = [folder for folder in absent if not folder.path.exists()]
    if missing:
        line = shlex.join(["mkdir", "-p", *(str(folder.path) for folder in missing)])
        keys = ", ".join(folder.key for folder in missing)
        yield ConfigError(keys, "no such folder.", f"Make it with: {line}")


def _is_there(folder: _Folder) -> bool:
    path = folder.path
    try:
        return within(
            LOOK_SECONDS, lambda: path.is_dir() or (not folder.is_watch and path.parent.is_dir())
        )
    except (PermissionError, TimeoutError):
        return True  # whoever opens it can tell that better
