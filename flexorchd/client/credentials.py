"""The key and the address: refused at once when they cannot be right, never shown."""

from __future__ import annotations

import ipaddress
import os
import re
import warnings

import httpx

from flexorchd.client.errors import AuthenticationError

ENVIRONMENT = "FLEXORCH_API_KEY"
PREFIXES = ("dfx_", "fx_")


def checked_key(api_key: str | None) -> str:
    """The key to use: the one that was given, else the environment's.

    Raises:
        AuthenticationError: there is none, or it holds what no key holds.
    """
    key = os.environ.get(ENVIRONMENT, "") if api_key is None else api_key
    if not key:
        raise AuthenticationError(
            f"There is no API key. Pass api_key, or set {ENVIRONMENT}.", code="MISSING_API_KEY"
        )
    if not all("!" <= character <= "~" for character in key):
        raise AuthenticationError(
            "The API key is malformed: it holds spaces, control or non-ASCII characters. "
            "Copy it again, without what stands around it.",
            code="MALFORMED_API_KEY",
        )
    if not key.startswith(PREFIXES):
        warnings.warn("The API key does not begin with dfx_; is it a FlexOrch key?", stacklevel=4)
    return key


def checked_url(base_url: str, *, local: bool) -> httpx.URL:
    """The base URL, without a slash at its end.

    Args:
        base_url: where the API is, with its version.
        local: whether it is reached through a Unix socket, so that its host means nothing.

    Raises:
        ValueError: it is no URL, holds more than a place, or would send the key in the open.
    """
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL as error:
        raise ValueError(f"base_url is not a URL: {error}") from None
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url must hold no user, query or fragment: give the key as api_key")
    named = re.fullmatch(rb"[A-Za-z0-9._:-]+", url.raw_host)
    if not named or url.scheme not in ("http", "https"):
        raise ValueError("base_url must begin with https:// and name a host")
    if url.scheme == "http" and not (local or is_loopback(url.host)):
        raise ValueError(
            f"base_url is plain http to {url.host}, which would show the key and the documents "
            "to the network. Use https; http is for this machine only."
        )
    return url


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
