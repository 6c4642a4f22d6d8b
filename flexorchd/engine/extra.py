"""Whether what the engine needs beyond the base installation is there."""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = (
    *("flexorch_audit", "pypdfium2", "lxml", "selectolax", "python_calamine"),
    *("oxmsg", "asn1crypto", "PIL"),
)
INSTALL = "pip install 'flexorchd[engine]'"


def missing() -> list[str]:
    """The libraries of the extra ``engine`` that are not installed."""
    return [name for name in LIBRARIES if find_spec(name) is None]


def require() -> None:
    """Refuse to go on without them.

    Raises:
        RuntimeError: names what is missing, and the line to type.
    """
    absent = missing()
    if absent:
        raise RuntimeError(
            f"The embedded engine needs libraries that are not installed ({', '.join(absent)})."
            f" Type: {INSTALL}"
        )
