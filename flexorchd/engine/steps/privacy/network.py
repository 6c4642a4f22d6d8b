"""E-mail addresses beyond ASCII, and IP addresses, told from versions, clock times and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from flexorchd.engine.model import Finding
from flexorchd.engine.steps.privacy.labels import Labels

_EMAIL = re.compile(
    r"(?<![\w.%+\-@])[\w.%+\-][\w.%+'\-]{0,63}(?:@|[ ]?[\[({](?:at|AT|ät)[\])}][ ]?)"
    r"(?:[\w\-]{1,63}\.){1,6}[^\W\d_]{2,24}(?!\w)"
)
_IP_V6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION_MARK = re.compile(r"(?:[vV]|[§=<>~^])[ .]?$")
_PART_FOLLOWS = re.compile(r"[.\-]\w")
_SMALL, _MEDIUM = 20, 100
_LEAST_GROUPS = 3


def emails(text: str) -> Iterator[Finding]:
    """E-mail addresses in any alphabet, and those with ``(at)``."""
    for match in _EMAIL.finditer(text):
        yield Finding(match.start(), match.end(), "email")


def is_ip(finding: Finding, text: str, labels: Labels) -> bool:
    """Whether four numbers are an address: a version has small parts, or says that it is one.

    Args:
        finding: where the four numbers stand.
        text: the text around them.
        labels: what the text says about them.
    """
    if labels.claims("ip", finding.start, finding.end):
        return True
    before, after = (
        text[max(0, finding.start - 2) : finding.start],
        text[finding.end : finding.end + 2],
    )
    if _VERSION_MARK.search(before) or before.endswith((".", "-")) or _PART_FOLLOWS.match(after):
        return False
    first, *rest = map(int, text[finding.start : finding.end].split("."))
    small = max(rest) < (_SMALL if first >= 10 else _MEDIUM) and first < _SMALL and first != 10
    return not small and not labels.claims("version", finding.start, finding.end)


def ip_v6(text: str) -> Iterator[Finding]:
    """IPv6 addresses of three groups or more."""
    for match in _IP_V6.finditer(text):
        if sum(map(bool, match.group().split(":"))) >= _LEAST_GROUPS and _parses(match.group()):
            yield Finding(match.start(), match.end(), "ip_v6")


def _parses(value: str) -> bool:
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return True
