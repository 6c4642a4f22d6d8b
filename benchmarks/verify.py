"""Whether a result is right. No benchmark reports a time before one of these has passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any


class WrongResultError(Exception):
    """What was timed did not do its work."""


def equal(what: str, found: object, wanted: object) -> None:
    """Raise unless both are the same."""
    if found != wanted:
        raise WrongResultError(f"{what}: {found!r} instead of {wanted!r}")


def each_once(what: str, found: Iterable[Hashable], wanted: Iterable[Hashable]) -> None:
    """Raise unless everything that is wanted was found as often as it is wanted, and nothing else."""
    there, asked = Counter(found), Counter(wanted)
    missing, strange = (asked - there).total(), (there - asked).total()
    if missing or strange:
        raise WrongResultError(f"{what}: {missing} missing, {strange} too many")


def results(found: Iterable[Mapping[str, Any]], wanted: Mapping[str, str]) -> None:
    """Raise unless every file has its own result, of its own content.

    Args:
        found: results as they were delivered.
        wanted: the SHA-256 of each file, by its path.
    """
    read = list(found)
    told = [(one["file"]["path"], one["file"]["sha256"]) for one in read]
    each_once("results", told, wanted.items())
    jobs = {one["job"]["id"] for one in read}
    equal("different jobs in the results", len(jobs), len(set(wanted.values())))


def holds(what: str, text: str, wanted: Iterable[str]) -> None:
    """Raise unless all of these words stand in the text, whatever its line breaks."""
    flowing = " ".join(text.split())
    missing = [words for words in wanted if words not in flowing]
    if missing:
        raise WrongResultError(f"{what}: {missing[0]!r} is not in what was read")
