"""Names of files: how a source's becomes a result's, an upload's, or one that people can read."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

_LONGEST = 255
_KEPT = 200
_LONGEST_STEM = 60
_LONGEST_ENDING = 16
_LONGEST_SLUG = 63

_TEMPORARY = re.compile(rb"\.flexorchd-[0-9a-f]{16}\.tmp")
_LIKE_A_RESULT = re.compile(rb"\.json~*\Z")
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "ı": "i",
        "ß": "ss",
        "ẞ": "SS",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "þ": "th",
        "Þ": "Th",
        "ð": "d",
        "Ð": "D",
    }
)


def result_path(watch: str, path: bytes) -> bytes:
    """Where the result of a file lies, below ``results``, ``failed`` or a route's folder.

    Args:
        watch: the watch's name.
        path: the file's path below the watch.

    Returns:
        ``<watch>/<folders>/<name>.json``, different for every source. A folder that could be taken for
        a result gets a ``~`` more, so that ``a`` and ``a.json/b`` can both have theirs.
    """
    *folders, name = path.split(b"/")
    parts = [watch.encode(), *map(_folder, folders), _fitting(name, b".json")]
    return b"/".join(parts)


def connector_watch(connector_id: str | int) -> str:
    """What stands for a watch where files come out of connected storage."""
    return f"_connector-{re.sub('[^A-Za-z0-9_-]', '_', str(connector_id))}"


def connector_key(key: str) -> bytes:
    """An object's key as a path below its connector.

    Args:
        key: the object's key, which is not trusted: no part of it leaves its folder. A key that had
            to be changed gets 16 hexadecimal digits of its SHA-256, so that two never meet.
    """
    raw = key.encode("utf-8", "surrogateescape")
    parts = [_harmless(part) for part in raw.split(b"/") if part not in (b"", b".", b"..")]
    safe = b"/".join(parts)
    return safe if safe == raw else (safe or b"object") + b"~" + _digest(raw)


def connector_path(connector_id: str | int, key: str) -> bytes:
    """Where the result of a file in connected storage lies, below ``results``."""
    return result_path(connector_watch(connector_id), connector_key(key))


def _harmless(part: bytes) -> bytes:
    return re.sub(rb"[\x00-\x1f\x7f]", b"_", part)


def _folder(name: bytes) -> bytes:
    return _fitting(name + b"~" if _LIKE_A_RESULT.search(name) else name, b"")


def _fitting(name: bytes, ending: bytes) -> bytes:
    """A name with its ending, cut where the file system could not hold it."""
    if len(name) + len(ending) <= _LONGEST:
        return name + ending
    return _cut(name, _KEPT) + b"~" + _digest(name) + ending


def _cut(name: bytes, length: int) -> bytes:
    """The first bytes of a name, without half a character at the end."""
    if len(name) <= length:
        return name
    starts = (end for end in range(length, max(length - 4, 0), -1) if name[end] & 0xC0 != 0x80)
    return name[: next(starts, length)]


def _digest(name: bytes) -> bytes:
    return hashlib.sha256(name).hexdigest()[:16].encode()


def collision_name(name: bytes, number: int) -> bytes:
    """``name~2.ext``, for a name that is taken by something else."""
    stem, ending = _split(name)
    mark = b"~%d" % number
    return _cut(stem, _LONGEST - len(mark) - len(ending)) + mark + ending


def display(path: bytes) -> str:
    r"""A path as valid text: bytes that are not UTF-8 stand as ``\xNN``."""
    return path.decode("utf-8", "backslashreplace")


def path_fields(path: bytes) -> dict[str, str]:
    """A path as it stands in documents: ``path``, and ``path_bytes`` in base64 where that is not all."""
    try:
        return {"path": path.decode()}
    except UnicodeDecodeError:
        return {"path": display(path), "path_bytes": base64.b64encode(path).decode()}


def path_from_fields(fields: Mapping[str, object]) -> bytes:
    """The path that `path_fields` wrote.

    Raises:
        ValueError: no such fields.
    """
    raw = fields.get("path_bytes")
    if isinstance(raw, str):
        return base64.b64decode(raw, validate=True)
    path = fields.get("path")
    if not isinstance(path, str):
        raise ValueError("there is no path")  # noqa: TRY004 - a document, not a caller, is wrong
    return path.encode()


def sent_name(name: bytes, key: bytes) -> str:
    """The name that a document is sent under, unique to it and safe in any header.

    Args:
        name: the file's name.
        key: the document's key, a digest.

    Returns:
        ``<stem in ASCII>.<10 hex of the key>.<ending>``.
    """
    stem, ending = _split(name)
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", _ascii(display(stem)))[:_LONGEST_STEM].strip("_-")
    kind = re.sub(r"[^a-z0-9]", "", _ascii(display(ending)).lower())
    return ".".join(part for part in (plain or "document", key.hex()[:10], kind) if part)


def _split(name: bytes) -> tuple[bytes, bytes]:
    """Stem and ending, the dot with the ending; a leading dot begins none, and none is very long."""
    dot = name.rfind(b".")
    return (name[:dot], name[dot:]) if 0 < dot >= len(name) - _LONGEST_ENDING else (name, b"")


def _ascii(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_WITHOUT_DECOMPOSITION))
    return "".join(char for char in plain if not unicodedata.combining(char))


def slug(name: str) -> str:
    """A watch's name out of a folder's."""
    plain = re.sub(r"[^a-z0-9_]+", "-", _ascii(name).lower())
    return plain.strip("-_")[:_LONGEST_SLUG].rstrip("-_") or "inbox"


def temporary_name(token: str) -> str:
    """The name of a file in the making.

    Args:
        token: 16 hexadecimal digits, random.

    Raises:
        ValueError: it is anything else.
    """
    name = f".flexorchd-{token}.tmp"
    if not is_temporary(name.encode()):
        raise ValueError(f"not 16 hexadecimal digits: {token!r}")
    return name


def is_temporary(name: bytes) -> bool:
    """Whether a file's name is one of ours in the making."""
    return _TEMPORARY.fullmatch(name) is not None


def run_name(at: datetime) -> str:
    """The folder of an export's run that began at this time, ``YYYYMMDDTHHMMSSZ``."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def run_time(name: str) -> datetime | None:
    """When a run began, or None where the name is not a run's."""
    if not re.fullmatch(r"\d{8}T\d{6}Z", name, re.ASCII):
        return None
    try:
        return datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def escape_controls(text: str) -> str:
    r"""Text that cannot steer a terminal or turn a line around: such characters stand as ``\x1b``."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
