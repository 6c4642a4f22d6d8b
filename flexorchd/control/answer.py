"""What a command is told in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a request.

    Attributes:
        exit_code: the command's.
        lines: what it prints.
        facts: the same as data, for ``--json``.
    """

    exit_code: int
    lines: Sequence[str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in which the ledger keeps it."""
        return {"lines": list(self.lines), "facts": dict(self.facts)}
