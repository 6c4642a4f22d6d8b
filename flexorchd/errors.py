"""What the daemon and its commands tell people when they cannot go on.

::

    FlexorchdError          exit code 1
    ├── UsageError          2: the command was asked for something it does not offer
    ├── ConfigError         2: one mistake in the configuration
    │   └── ConfigErrors    2: several of them, told at once
    ├── LockError           2: another daemon holds the state directory
    └── StateError          2: the state directory or the output cannot be used as they are
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class FlexorchdError(Exception):
    """Something a person has to know, and what to do about it.

    Args:
        message: what is wrong, in a sentence, without any secret.
        remedy: what to do, in a sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(FlexorchdError):
    """A command was given arguments that do not go together."""

    exit_code = 2


class ConfigError(FlexorchdError):
    """One mistake in the configuration.

    Args:
        key: the key's dotted name (``watch.scans.settle``), or the variable's or file's.
        message: what is wrong with it; never a secret's value.
        remedy: what to do.
    """

    exit_code = 2

    def __init__(self, key: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.key = key

    def __str__(self) -> str:
        return f"{self.key}: {super().__str__()}"


class ConfigErrors(ConfigError):  # noqa: N818 - the plural is the point
    """Several mistakes in the configuration, so that they can be mended in one go.

    Args:
        mistakes: at least one.
    """

    def __init__(self, mistakes: Sequence[ConfigError]) -> None:
        first = mistakes[0]
        super().__init__(first.key, first.message, first.remedy)
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class LockError(FlexorchdError):
    """Another process works on this state directory."""

    exit_code = 2


class StateError(FlexorchdError):
    """The state directory or the output is another's, damaged, or newer than this program."""

    exit_code = 2
