"""How a job ends badly: a code for programs, a sentence and a remedy for people."""

from __future__ import annotations

from dataclasses import dataclass

from flexorchd.engine.model import DocumentError


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document could not be processed. Holds no text of the document.

    Attributes:
        code: a stable upper-case name, see `DocumentError`.
        message: what is wrong, in a sentence.
        remedy: what the sender can do about it, in a sentence.
        step: the step that failed: ``extract classify fields privacy quality`` or ``dataset``.
    """

    code: str
    message: str
    remedy: str
    step: str = "extract"

    @classmethod
    def of(cls, error: DocumentError, step: str) -> Failure:
        """The failure that a step reported."""
        return cls(error.code, error.message, error.remedy, step)

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.remedy}".strip()
