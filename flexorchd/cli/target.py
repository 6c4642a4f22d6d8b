"""Which flexorchd a command means: that of a file, or of a state directory and what its ledger remembers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from flexorchd.config import Loaded, Origin, load, recall
from flexorchd.config.access import mode_of
from flexorchd.config.sources import find
from flexorchd.errors import ConfigError, FlexorchdError, UsageError
from flexorchd.ledger.ledger import Ledger
from flexorchd.state import LEDGER

INBOX_STATES = ".*.flexorchd"
"""What `flexorchd run INBOX` calls its state directory, beside its output, when nothing else is said."""


@dataclass(frozen=True, slots=True)
class Target:
    """What `-c` or `--state-dir` said."""

    config_file: Path | None
    state_dir: Path | None
    found: bool = False

    @property
    def arguments(self) -> list[str]:
        """What names the same flexorchd to another command; nothing where that finds it by itself."""
        if self.found:
            return []
        if self.config_file is not None:
            return ["-c", shlex.quote(str(self.config_file))]
        if self.state_dir is not None:
            return ["--state-dir", shlex.quote(str(self.state_dir))]
        return []

    @classmethod
    def named(cls, config_file: Path | None, state_dir: Path | None) -> Target:
        """The target; without either, the state of `flexorchd run INBOX` in this folder, if it is there.

        Raises:
            UsageError: both were given, or there is more than one such state.
        """
        if config_file is not None and state_dir is not None:
            raise UsageError("-c and --state-dir name the same thing.", "Give one of them.")
        if config_file is None and state_dir is None and not _has_file():
            return cls(None, _only_state(Path()), found=True)
        return cls(config_file, state_dir)

    @classmethod
    def of(cls, loaded: Loaded) -> Target:
        """What names the flexorchd of a configuration to other commands, typed in this folder."""
        file = loaded.file.resolve() if loaded.file else None
        state_dir = loaded.config.state_dir.resolve()
        try:
            found = cls.named(None, None).directory() == state_dir
        except FlexorchdError:
            found = False
        return cls(file, None if file else state_dir, found=found)

    def loaded(self) -> Loaded:
        """The configuration: from the file, or from the ledger's last run.

        Raises:
            ConfigError: it cannot be read.
            UsageError: the state directory has no ledger.
        """
        if self.state_dir is None:
            return load(self.config_file, env=os.environ, cwd=Path.cwd())
        with self.ledger() as ledger:
            run = ledger.memory.get("run")
        if run is None:
            raise UsageError(f"{self.state_dir} has not run yet.", "Start `flexorchd run` first.")
        config = recall(run["config"])
        origin = {key: Origin(*told) for key, told in run.get("origin", {}).items()}
        return Loaded(config, mode_of(config.api, os.environ), None, origin)

    def directory(self) -> Path:
        """The state directory."""
        if self.state_dir is not None:
            return self.state_dir.resolve()
        return self.loaded().config.state_dir.resolve()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, to look at.

        Raises:
            UsageError: there is none yet.
        """
        path = self.directory() / LEDGER
        if not path.exists():
            raise UsageError(
                f"There is no ledger in {path.parent}.",
                "Start `flexorchd run` first, or name another place with -c or --state-dir.",
            )
        ledger = Ledger(path, readonly=True)
        try:
            yield ledger
        finally:
            ledger.close()


def _has_file() -> bool:
    """Whether a configuration file is found where it is looked for."""
    try:
        find(None, env=os.environ, cwd=Path.cwd())
    except ConfigError:
        return False
    return True


def _only_state(folder: Path) -> Path | None:
    """The one state directory of `flexorchd run INBOX` in a folder; None where there is none."""
    states = sorted(ledger.parent for ledger in folder.glob(f"{INBOX_STATES}/{LEDGER}"))
    if len(states) > 1:
        raise UsageError(
            f"There is more than one here: {', '.join(map(str, states))}.",
            "Name the one that you mean: --state-dir DIR",
        )
    return states[0] if states else None


_STATE_DIR = click.option(
    "--state-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The state directory, where no configuration file is used.",
)
_CONFIG = click.option(
    "-c",
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file.",
)


def with_target(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command `-c` and `--state-dir`, as a `Target` called ``target``."""

    def joined(*args: Any, config_file: Path | None, state_dir: Path | None, **rest: Any) -> int:
        return command(*args, target=Target.named(config_file, state_dir), **rest)

    joined.__name__, joined.__doc__ = command.__name__, command.__doc__
    joined.__click_params__ = list(getattr(command, "__click_params__", []))  # type: ignore[attr-defined]
    return _CONFIG(_STATE_DIR(joined))
