"""Where documents go, and with which key: never decided in silence."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from flexorchd.config.fields import Mode
from flexorchd.config.models import ApiConfig, Config, WebhookConfig
from flexorchd.errors import ConfigError

KEY_VARIABLE = "FLEXORCH_API_KEY"

_PREFIXES = ("dfx_", "fx_")
_LARGEST_SECRET = 4_096
_LONG_ENOUGH_TO_HINT = 16


@dataclass(frozen=True, slots=True)
class Access:
    """The account that documents go to.

    Attributes:
        mode: where documents are processed.
        base_url: the service's address; of no meaning to the embedded engine.
        key: the API key, or None when embedded.
        fingerprint: tells accounts apart without telling the key; empty when embedded.
        hint: the key as people may see it, ``dfx_…1234``; empty when embedded.
        warnings: what is odd about the key, in sentences.
    """

    mode: Mode
    base_url: str
    key: SecretStr | None = None
    fingerprint: str = ""
    hint: str = ""
    warnings: tuple[str, ...] = ()


def mode_of(api: ApiConfig, env: Mapping[str, str]) -> Mode:
    """Where documents are processed; a key that is set decides ``auto``, whether it is good or not."""
    if api.mode != "auto":
        return api.mode
    return "hosted" if api.key_file is not None or KEY_VARIABLE in env else "embedded"


def access(config: Config, env: Mapping[str, str]) -> Access:
    """The account, with the key read and checked.

    Raises:
        ConfigError: the key is missing, unreadable, empty or malformed. It is never done without.
    """
    api = config.api
    mode = mode_of(api, env)
    if mode == "embedded":
        return Access(mode, api.base_url)
    source, key, warnings = _from_file(api.key_file) if api.key_file else _from_variable(env)
    if re.search(r"[^\x21-\x7e]", key):
        raise ConfigError(
            source,
            "holds white space, control or non-ASCII characters.",
            "Copy the key again, and nothing but the key.",
        )
    if not key.startswith(_PREFIXES):
        warnings = (*warnings, f"{source}: the key does not begin with dfx_, as keys do.")
    return Access(mode, api.base_url, SecretStr(key), fingerprint(key), hint(key), warnings)


def fingerprint(key: str) -> str:
    """16 hexadecimal digits that stand for a key in the ledger and in results."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def hint(key: str) -> str:
    """A key as people may see it: its prefix, and its last four characters if it is long."""
    prefix = next((prefix for prefix in _PREFIXES if key.startswith(prefix)), "")
    return f"{prefix}…{key[-4:] if len(key) >= _LONG_ENOUGH_TO_HINT else ''}"


def webhook_secret(webhook: WebhookConfig) -> SecretStr | None:
    """The secret that deliveries are signed with, or None where no file names one.

    Raises:
        ConfigError: the file is unreadable or empty.
    """
    if webhook.secret_file is None:
        return None
    secret, _ = _read_secret(webhook.secret_file, "webhook.secret_file")
    return SecretStr(secret)


def _from_file(file: Path) -> tuple[str, str, tuple[str, ...]]:
    key, warnings = _read_secret(file, "api.key_file")
    return "api.key_file", key, warnings


def _from_variable(env: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
    key = env.get(KEY_VARIABLE)
    if not key:
        raise ConfigError(
            KEY_VARIABLE,
            "is empty." if key == "" else "is not set, and no api.key_file is given.",
            "Give the workspace's API key; or process documents on this machine, with "
            'mode = "embedded" in [api].',
        )
    return KEY_VARIABLE, key, ()


def _read_secret(file: Path, key: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file without the line end, and a warning where others may read it."""
    try:
        with file.open("rb") as opened:
            readable_by_others = os.fstat(opened.fileno()).st_mode & stat.S_IROTH
            secret = opened.read(_LARGEST_SECRET).decode("ascii", "replace").strip()
    except OSError as error:
        raise ConfigError(
            key,
            f"{file} cannot be read: {error.strerror}.",
            "Create it, or let the user that runs flexorchd read it.",
        ) from None
    if not secret:
        raise ConfigError(key, f"{file} is empty.", "Write the secret into it.")
    warning = f"{key}: {file} can be read by everyone on this machine: chmod 600 {file}"
    return secret, (warning,) if readable_by_others else ()
