"""Whether a request was meant for this page and comes from it: rules over headers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/@\s,]+)(?::\d{1,5})?")


def host_name(header: str | None) -> str | None:
    """The name in a `Host` header, lower case, without port and final dot; None where it is none."""
    match = _HOST.fullmatch(header or "")
    return match[1].lower().removesuffix(".") if match else None


def is_allowed_host(header: str | None, allowed: Collection[str]) -> bool:
    """Whether a `Host` header names one of the hosts that pages are served under.

    A page elsewhere can have its own name point to this machine; the browser still sends that name.

    Args:
        header: as it came, with or without a port.
        allowed: names or addresses, IPv6 ones with or without brackets.
    """
    name = host_name(header)
    return name is not None and _bare(name) in {_bare(one.lower()) for one in allowed}


def name_in_links(host: str, allowed: Sequence[str]) -> str:
    """The name under which a person opens pages that are served on a host.

    Args:
        host: where they are served; "every address" is none that a browser could go to.
        allowed: the names that they are served under.
    """
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    return _bare(allowed[0]) if everywhere and allowed else host


def _bare(host: str) -> str:
    return host.strip("[]").removesuffix(".")


def is_same_origin(host: str | None, origin: str | None, fetch_site: str | None) -> bool:
    """Whether a form was sent by a page of this host; what no browser says of itself is not.

    Args:
        host: the `Host` header.
        origin: the `Origin` header.
        fetch_site: the `Sec-Fetch-Site` header.
    """
    if origin is None and fetch_site is None:
        return False
    return fetch_site in (None, "same-origin") and (origin is None or _is_of(origin, host))


def _is_of(origin: str, host: str | None) -> bool:
    # The scheme is not compared: behind a proxy that ends TLS, the browser's is another than ours.
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return (
        host is not None
        and parts.scheme in ("http", "https")
        and _without_default_port(parts.netloc) == _without_default_port(host)
    )


def _without_default_port(host: str) -> str:
    return re.sub(r":(80|443)\Z", "", host.lower())
