"""Keys that are right by themselves and wrong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from flexorchd.config.models import Config, ExportConfig, RouteConfig, WatchConfig, WebhookConfig
from flexorchd.errors import ConfigError


def contradictions(config: Config) -> Iterator[ConfigError]:
    """Every mistake that shows only between keys."""
    yield from _doubled("watch", (watch.name for watch in config.watches))
    yield from _doubled("export", (export.name for export in config.exports))
    yield from _doubled("route", (route.name for route in config.routes if route.name))
    for watch in config.watches:
        yield from _watch(watch, details=config.output.details)
    names = {watch.name for watch in config.watches}
    for export in config.exports:
        yield from _export(export, names)
    for position, route in enumerate(config.routes, 1):
        yield from _route(route, f"route.{route.name}" if route.name else f"route[{position}]")
    yield from _webhook(config.webhook)


def _doubled(array: str, names: Iterable[str]) -> Iterator[ConfigError]:
    for name, times in Counter(names).items():
        if times > 1:
            yield ConfigError(
                f"{array}.{name}", f"{times} [[{array}]] have this name.", "Give each its own."
            )


def _watch(watch: WatchConfig, *, details: bool) -> Iterator[ConfigError]:
    key = f"watch.{watch.name}"
    if watch.after == "archive" and watch.archive_dir is None:
        yield ConfigError(
            f"{key}.archive_dir",
            'is missing, and after = "archive".',
            "Name the folder to move to.",
        )
    if watch.after == "delete" and not details:
        yield ConfigError(
            f"{key}.after",
            'is "delete" while output.details is false: nothing of a document would be left.',
            'Set output.details = true, or after = "keep" or "archive".',
        )


def _export(export: ExportConfig, watches: set[str]) -> Iterator[ConfigError]:
    key = f"export.{export.name}"
    for name in export.watches:
        if name not in watches:
            yield ConfigError(
                f"{key}.watches",
                f"there is no watch {name!r}.",
                f"Watches are: {', '.join(sorted(watches))}.",
            )
    formats = ["markdown" if name == "md" else name for name in export.formats]
    if len(set(formats)) < len(formats):
        yield ConfigError(f"{key}.formats", "names a format twice.", "Name each once.")


def _route(route: RouteConfig, key: str) -> Iterator[ConfigError]:
    if (route.folder is None) == (not route.command):
        yield ConfigError(key, "needs a target, and one only.", "Give a folder or a command.")
    if route.failed and route.folder is not None:
        yield ConfigError(
            f"{key}.folder", "failures stay in their own folder.", "Give a command instead."
        )
    judged = route.grade or route.document_type or route.pii is not None
    if route.failed and (judged or route.degraded is not None):
        yield ConfigError(
            f"{key}.failed",
            "a failure has no grade, document type or personal data to go by.",
            "Leave those conditions out, or failed.",
        )


def _webhook(webhook: WebhookConfig) -> Iterator[ConfigError]:
    if webhook.listen is None:
        if webhook.public_url is not None:
            yield ConfigError(
                "webhook.listen", "is missing, and public_url is given.", "Name host and port."
            )
    elif webhook.secret_file is None and webhook.public_url is None:
        yield ConfigError(
            "webhook.secret_file",
            "is missing: deliveries could not be told from forgeries.",
            "Name a file with the secret, or give public_url so that the daemon registers itself.",
        )
