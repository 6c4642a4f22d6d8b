"""What an extra needs, and what of that is not installed: the package's own metadata says it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, requires

_NAME = re.compile(r"[\w.-]+")


def lacking(extra: str) -> list[str]:
    """The distributions of an extra of flexorchd that are not installed, by name."""
    marker = re.compile(rf"extra == ['\"]{re.escape(extra)}['\"]")
    stated = requires("flexorchd") or ()
    return [name for name in map(_name, filter(marker.search, stated)) if not _is_installed(name)]


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found[0] if found else requirement


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
