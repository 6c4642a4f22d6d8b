"""What a plan takes, so that what it would refuse is refused before it is sent.

Sizes and kinds are those of the API guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flexorchd.rules.selection import supported_kinds

MEGABYTE = 1024 * 1024
Mode = Literal["hosted", "embedded"]
LARGEST_FILE = {
    "trial": 10 * MEGABYTE,
    "starter": 25 * MEGABYTE,
    "pro": 50 * MEGABYTE,
    "unlimited": 200 * MEGABYTE,  # the embedded engine's own
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be sent.

    Attributes:
        kinds: endings that are taken, lower case, without the dot.
        largest_file: bytes, or None where no limit is known.
    """

    kinds: frozenset[str]
    largest_file: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file need not be sent at all."""

    code: str
    message: str


def plan_of(mode: Mode, plan: str | None) -> Plan:
    """The plan of an account, by the name that the service gives it; an unknown one limits no size."""
    return Plan(frozenset(supported_kinds(mode)), LARGEST_FILE.get((plan or "").lower()))


def refusal(name: bytes, size: int, plan: Plan) -> Refusal | None:
    """Why the plan would refuse this file, or None.

    Args:
        name: the file's name.
        size: in bytes.
        plan: what it takes.
    """
    kind = name.rpartition(b".")[2].decode("ascii", "replace").lower() if b"." in name else ""
    if kind not in plan.kinds:
        what = f"Files ending in .{kind}" if kind else "Files without an ending"
        return Refusal("UNSUPPORTED_FILE", f"{what} are not among the kinds that can be processed.")
    return refused_size(size, plan)


def refused_size(size: int, plan: Plan) -> Refusal | None:
    """Why the plan would refuse a file of this size, which can be known before it is read; or None."""
    if plan.largest_file is not None and size > plan.largest_file:
        return Refusal(
            "FILE_TOO_LARGE",
            f"The file has {size / MEGABYTE:.1f} MB; this plan takes files of up to "
            f"{plan.largest_file // MEGABYTE} MB.",
        )
    return None
