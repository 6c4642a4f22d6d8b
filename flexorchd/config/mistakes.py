"""What a person reads when the configuration is wrong: the key, what is wrong, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined

from flexorchd.config.models import Config, section_of
from flexorchd.errors import ConfigError, ConfigErrors

Loc = Sequence[int | str]

_ARRAYS = ("watch", "export", "route")
_SECRET_KEYS = ("key", "api_key", "token", "secret", "password")
_KEY_LIKE = re.compile(r"\bd?fx_[A-Za-z0-9_-]{8,}")


def refuse(mistakes: Iterable[ConfigError]) -> None:
    """Raise all mistakes as one error, if there are any.

    Raises:
        ConfigError: the mistakes.
    """
    found = tuple(mistakes)
    if found:
        raise found[0] if len(found) == 1 else ConfigErrors(found)


def explained(error: ValidationError, raw: Mapping[str, Any]) -> Iterator[ConfigError]:
    """Each mistake that pydantic found in `raw`, in the words of the configuration."""
    found = error.errors(include_url=False)
    for details in found:
        if not _is_aftershock(details, found):
            yield _explain(details, raw)


def key_of(loc: Loc, raw: Mapping[str, Any]) -> str:
    """The dotted name of a place: items of arrays go by their name, else by their number from 1."""
    if len(loc) < 2 or loc[0] not in _ARRAYS:
        return _dotted(loc)
    array, index, *rest = loc
    item = raw[str(array)][index]
    name = item.get("name") if isinstance(item, dict) else None
    head = f"{array}.{name}" if isinstance(name, str) and name else f"{array}[{int(index) + 1}]"
    return ".".join([head, _dotted(rest)] if rest else [head])


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def unknown(key: str, word: str, known: Iterable[str]) -> ConfigError:
    """The mistake of a name that does not exist, with the one that was probably meant."""
    if word in _SECRET_KEYS:
        return ConfigError(
            key,
            "is not a key, and secrets do not belong into the configuration.",
            "Put the secret into a file and name that in key_file (or secret_file).",
        )
    guess = nearest(word, known)
    return ConfigError(
        key,
        "is not a key.",
        f"Did you mean {guess}?" if guess else f"Keys here are: {', '.join(known)}.",
    )


def _dotted(loc: Loc) -> str:
    """``a.b[2]`` out of ``("a", "b", 1)``; pydantic's marks for the arms of a union are left out."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        elif part.isidentifier() or not text:
            text += f".{part}" if text else part
    return text


def _is_aftershock(details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether it says no more than that something else is wrong: a list is short of its bad items."""
    loc = details["loc"]
    return details["type"] == "default_factory_not_called" or (
        details["type"] == "too_short"
        and any(other["loc"][: len(loc)] == loc and other is not details for other in found)
    )


def _explain(details: ErrorDetails, raw: Mapping[str, Any]) -> ConfigError:
    loc, kind = details["loc"], details["type"]
    key = key_of(loc, raw)
    if kind == "extra_forbidden":
        return unknown(key, str(loc[-1]), _keys_at(loc[:-1]))
    if loc == ("watch",) and kind in ("missing", "too_short"):
        return ConfigError(key, "no folder is watched.", 'Add a [[watch]] with "name" and "path".')
    if kind == "missing":
        return ConfigError(_first_required(key, loc), "is missing.", "Add it.")
    if kind == "too_short":
        return ConfigError(key, "is empty.", _remedy(loc))
    if len(loc) == 1 and loc[0] in _ARRAYS:
        return ConfigError(key, "is not a list of tables.", f"Write [[{key}]], with two brackets.")
    if kind == "model_type":
        return ConfigError(key, "is not a table.", f"Write [{key}], and its keys on lines below.")
    if kind == "flexorchd":
        message = _KEY_LIKE.sub("(hidden)", details["ctx"]["message"])
        return ConfigError(key, f"{message}.", details["ctx"]["remedy"])
    return ConfigError(key, _complaint(details), _remedy(loc))


def _first_required(key: str, loc: Loc) -> str:
    """Of a table that is missing as a whole, the key that it is needed for."""
    section = section_of(_field_at(loc))
    keys = section.model_fields.items() if section else ()
    return ".".join([key, *[name for name, field in keys if field.is_required()][:1]])


def _complaint(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Input ").replace("valid tuple", "list")
    given = details["input"]
    shown = f", not {given!r}" if isinstance(given, (str, int, float)) else ""
    return _KEY_LIKE.sub("(hidden)", f"{message}{shown}.")


def _remedy(loc: Loc) -> str:
    field = _field_at(loc)
    default = None if field is None or field.is_required() else field.default
    if default in (None, (), PydanticUndefined):  # undefined: it depends on other keys
        return "Correct it."
    text = ", ".join(default) if isinstance(default, tuple) else str(default)
    return f"Correct it, or leave it out for the default, {text}."


def _keys_at(loc: Loc) -> list[str]:
    model: type[BaseModel] | None = _model_at(loc)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(loc: Loc) -> type[BaseModel] | None:
    if not any(isinstance(part, str) for part in loc):
        return Config
    field = _field_at(loc)
    return section_of(field) if field else None


def _field_at(loc: Loc) -> Any:
    """The field that a place names, whatever the position in an array."""
    model: type[BaseModel] | None = Config
    field = None
    for part in loc:
        if isinstance(part, int):
            continue
        by_key = {f.alias or name: f for name, f in model.model_fields.items()} if model else {}
        if part not in by_key:
            break
        field = by_key[part]
        model = section_of(field)
    return field
