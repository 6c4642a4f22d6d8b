"""Who may see the pages: whoever has the token of the state directory."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

TOKEN_FILE = "web.token"  # noqa: S105 - a file's name
COOKIE_SECONDS = 30 * 86_400


def read_or_make_token(state_dir: Path) -> str:
    """The token of a state directory; its file is made, readable by its owner alone, when missing.

    Raises:
        OSError: the file cannot be read or made.
    """
    path = state_dir / TOKEN_FILE
    try:
        token = _read(path)
    except FileNotFoundError:
        return _make(path)
    if token:
        return token
    # A crash left the file without its content.
    path.unlink()
    return _make(path)


def _read(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        os.fchmod(descriptor, 0o600)
        return file.read().strip()


def _make(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(token + "\n")
        file.flush()
        os.fsync(descriptor)
    return token


class Door:
    """Checks what a request shows of itself against the token, in constant time.

    Cookie and form field are derived from the token, so that neither of them is it, and end with it.

    Args:
        token: of the state directory.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        # Cookies know no ports: two daemons on one host must not take each other's.
        self.cookie_name = f"flexorchd_{self._derived('name')[:8]}"
        self.cookie = self._derived("cookie")
        self.form_token = self._derived("form")

    def _derived(self, purpose: str) -> str:
        return hmac.new(self._token.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def opens_with(self, token: str) -> bool:
        """Whether this is the token."""
        return _equal(token, self._token)

    def has_bearer(self, authorization: str | None) -> bool:
        """Whether an `Authorization` header carries the token."""
        scheme, _, token = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" and self.opens_with(token.strip())

    def has_cookie(self, cookies: Mapping[str, str]) -> bool:
        """Whether the cookie that follows the link is there."""
        return _equal(cookies.get(self.cookie_name, ""), self.cookie)

    def has_form_token(self, fields: Mapping[str, str]) -> bool:
        """Whether a form was on one of our own pages."""
        return _equal(fields.get("form_token", ""), self.form_token)


def _equal(given: str, wanted: str) -> bool:
    # Digests have one length, whatever was given.
    return hmac.compare_digest(
        hashlib.sha256(given.encode("utf-8", "replace")).digest(),
        hashlib.sha256(wanted.encode()).digest(),
    )
