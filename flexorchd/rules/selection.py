"""Which files of a watch are documents: globs on the path below the watch.

Case is ignored. A glob without ``/`` is tried on every part of the path, one that ends in ``/`` on
folders only, any other on the path from the watch on, where ``*`` stays within a folder and ``**``
spans any number of them. A folder that matches speaks for all that lies in it, and exclusion wins.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flexorchd.rules.naming import is_temporary

TEMPORARY = "flexorchd temporary"
NOT_INCLUDED = "not in include"

DEFAULT_EXCLUDE = (".*", "~$*", "*.tmp", "*.part", "*.crdownload", "*~", "@eaDir/", "#recycle/")

_TEXTS = ("pdf", "docx", "txt", "xlsx", "html", "htm", "eml", "msg", "xml")
_IMAGES = ("jpg", "jpeg", "png", "tiff")
_ENGINE_KINDS = ("p7m", "tif")
_CACHED_FOLDERS = 4_096


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file is left alone, by the rule that `why` names."""

    rule: str


def supported_kinds(mode: Literal["hosted", "embedded"]) -> tuple[str, ...]:
    """The file endings that the service takes; the embedded engine takes two more."""
    return (*_TEXTS, *_IMAGES, *(_ENGINE_KINDS if mode == "embedded" else ()))


def check_pattern(pattern: str) -> None:
    """Refuse a glob that could never match.

    Raises:
        ValueError: why not.
    """
    if "\0" in pattern or not pattern.strip("/"):
        raise ValueError("it is empty")
    if not {"", ".", ".."}.isdisjoint(pattern.strip("/").split("/")):
        raise ValueError("it has an empty part, '.' or '..' in it")


class Selection:
    """Which paths of a watch are documents.

    Args:
        include: globs, one of which has to match.
        exclude: globs, none of which may match.
    """

    def __init__(self, include: Sequence[str], exclude: Sequence[str]) -> None:
        self._include = [_Glob(pattern) for pattern in include]
        self._exclude = [_Glob(pattern) for pattern in exclude]
        self._shortcut = _shortcut(include, exclude)
        self._pruned = lru_cache(_CACHED_FOLDERS)(self._judge_folder)

    def decide(self, path: bytes) -> Ignored | None:
        """Why a file is left alone, or None where it is a document.

        Args:
            path: the file's path below the watch.
        """
        folder, _, name = path.rpartition(b"/")
        if (pruned := self._pruned(folder)) is not None:
            return Ignored(pruned)
        return None if self._shortcut.takes(name) else self._judge_file(path, name)

    def prunes(self, directory: bytes) -> str | None:
        """The rule by which a folder and all that lies in it is left alone, or None.

        Args:
            directory: the folder's path below the watch; empty for the watch itself.
        """
        return self._pruned(directory)

    def _judge_folder(self, directory: bytes) -> str | None:
        places = _places(directory, is_folder=True) if directory else ()
        rule = _first_match(self._exclude, places)
        return None if rule is None else f"exclude {rule}"

    def _judge_file(self, path: bytes, name: bytes) -> Ignored | None:
        if is_temporary(name):
            return Ignored(TEMPORARY)
        places = _places(path, is_folder=False)
        rule = _first_match(self._exclude, places[-1:])
        if rule is not None:
            return Ignored(f"exclude {rule}")
        return Ignored(NOT_INCLUDED) if _first_match(self._include, places) is None else None


@dataclass(frozen=True, slots=True)
class _Place:
    """A path that a glob is tried on."""

    parts: tuple[str, ...]
    is_folder: bool


def _places(path: bytes, *, is_folder: bool) -> list[_Place]:
    """The path itself, last, and before it every folder on the way there."""
    text = unicodedata.normalize("NFC", path.decode("utf-8", "surrogateescape"))
    parts = tuple(text.split("/"))
    above = [_Place(parts[:length], is_folder=True) for length in range(1, len(parts))]
    return [*above, _Place(parts, is_folder)]


def _first_match(globs: Sequence[_Glob], places: Sequence[_Place]) -> str | None:
    return next((glob.text for glob in globs if any(map(glob.matches, places))), None)


class _Glob:
    """A pattern, ready to be tried."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self._folders_only = pattern.endswith("/")
        self._is_path = "/" in pattern.rstrip("/")
        self._parts = [_part(part) for part in pattern.strip("/").split("/")]

    def matches(self, place: _Place) -> bool:
        if self._folders_only and not place.is_folder:
            return False
        return _fits(self._parts, place.parts if self._is_path else place.parts[-1:])


def _part(glob: str) -> re.Pattern[str] | None:
    """The expression of one part of a glob; None for ``**``."""
    if glob == "**":
        return None
    return re.compile(fnmatch.translate(unicodedata.normalize("NFC", glob)), re.IGNORECASE)


def _fits(globs: Sequence[re.Pattern[str] | None], parts: Sequence[str]) -> bool:
    if not globs or not parts:
        return not globs and not parts
    glob, *others = globs
    if glob is None:
        return not others or any(_fits(others, parts[skip:]) for skip in range(len(parts)))
    return glob.match(parts[0]) is not None and _fits(others, parts[1:])


@dataclass(frozen=True, slots=True)
class _Shortcut:
    """Tells most documents by the ends of their names; whatever it does not take is judged in full."""

    endings: tuple[bytes, ...] = ()
    barred_beginnings: tuple[bytes, ...] = ()
    barred_endings: tuple[bytes, ...] = ()

    def takes(self, name: bytes) -> bool:
        lowered = name.lower()
        return (
            lowered.endswith(self.endings)
            and not lowered.startswith(self.barred_beginnings)
            and not lowered.endswith(self.barred_endings)
            and name.isascii()
        )


def _shortcut(include: Sequence[str], exclude: Sequence[str]) -> _Shortcut:
    """What globs of the forms ``*end``, ``beginning*`` and ``name`` say; nothing, if others exclude."""
    endings = [glob[1:] for glob in include if glob.startswith("*") and _is_plain(glob[1:])]
    beginnings, barred = [".flexorchd-"], []
    for glob in exclude:
        if glob.startswith("*") and _is_plain(glob[1:]):
            barred.append(glob[1:])
        elif _is_plain(glob.removesuffix("*")):
            beginnings.append(glob.removesuffix("*"))
        elif not _is_plain(glob.removesuffix("/")):
            return _Shortcut()
    return _Shortcut(_lowered(endings), _lowered(beginnings), _lowered(barred))


def _is_plain(text: str) -> bool:
    return text.isascii() and not re.search(r"[*?\[/]", text)


def _lowered(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(text.lower().encode() for text in texts)
