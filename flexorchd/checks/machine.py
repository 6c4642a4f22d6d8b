"""Is this configuration and this machine fit: each finding with its remedy."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from flexorchd.config import Access, Config, WatchConfig, check_folders
from flexorchd.errors import ConfigError, ConfigErrors
from flexorchd.extras import lacking
from flexorchd.rules import naming
from flexorchd.watch.mounts import is_remote, read_mounts

LITTLE_SPACE = 500 * 1024 * 1024
TESSDATA = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at.

    Attributes:
        good: whether it is fit.
        what: in a sentence.
        remedy: what to do where it is not, or what could be better; empty otherwise.
    """

    good: bool
    what: str
    remedy: str = ""


def check_machine(config: Config, access: Access) -> Iterator[Finding]:
    """Look at folders, rights, space, kernel limits, and what the engine needs."""
    yield from _folders(config)
    yield from _space("output", config.output.path)
    yield from _space("state_dir", config.state_dir)
    yield _state_is_local(config.state_dir)
    yield from _inotify(config)
    if access.mode == "embedded":
        yield _engine()
        yield _ocr(config.engine.ocr_languages)


def _folders(config: Config) -> Iterator[Finding]:
    yield from _overlaps(config)
    for watch in config.watches:
        yield _readable(watch)
        if watch.after != "keep":
            yield _writable(f"watch {watch.name} (its files are moved once delivered)", watch.path)
        if watch.archive_dir is not None:
            yield _writable(f"archive of {watch.name}", watch.archive_dir)
    yield _writable("output", config.output.path)
    yield _writable("state_dir", config.state_dir)


def _overlaps(config: Config) -> Iterator[Finding]:
    """Folders that lie in one another; those that are missing are told of one by one, with more to say."""
    try:
        check_folders(config, known_watches=[watch.name for watch in config.watches])
    except ConfigErrors as errors:
        yield from (_mistake(error) for error in errors.mistakes)
    except ConfigError as error:
        yield _mistake(error)


def _mistake(error: ConfigError) -> Finding:
    return Finding(False, f"{error.key}: {error.message}", error.remedy)


def _readable(watch: WatchConfig) -> Finding:
    if not watch.path.is_dir():
        return Finding(
            False, f"watch {watch.name}: there is no folder {watch.path}", f"mkdir -p {watch.path}"
        )
    if not os.access(watch.path, os.R_OK | os.X_OK):
        return Finding(
            False,
            f"watch {watch.name}: {watch.path} may not be read",
            f"Let user {os.geteuid()} read it: setfacl -R -m u:{os.geteuid()}:rX {watch.path}",
        )
    return Finding(True, f"watch {watch.name}: {watch.path} can be read")


def _writable(what: str, folder: Path) -> Finding:
    """Really writes, renames and syncs: modes alone do not tell of read-only mounts."""
    if not folder.exists() and folder.parent.is_dir() and os.access(folder.parent, os.W_OK):
        return Finding(True, f"{what}: {folder} will be made")
    probe = folder / naming.temporary_name(secrets.token_hex(8))
    try:
        with probe.open("wb") as file:
            file.write(b"probe")
            file.flush()
            os.fsync(file.fileno())
        probe.unlink()
    except OSError as error:
        return Finding(
            False,
            f"{what}: {folder} cannot be written: {error.strerror}",
            f"mkdir -p {folder} && chown {os.geteuid()} {folder}",
        )
    return Finding(True, f"{what}: {folder} can be written")


def _space(what: str, folder: Path) -> Iterator[Finding]:
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if free < LITTLE_SPACE:
        yield Finding(
            False, f"{what}: only {free // 1024 // 1024} MB are free", "Make room on that disk."
        )


def _state_is_local(state_dir: Path) -> Finding:
    existing = next(p for p in (state_dir, *state_dir.parents) if p.exists())
    mount = read_mounts().of(os.fsencode(existing.resolve()))
    if mount is not None and is_remote(mount):
        return Finding(
            False,
            f"state_dir: {state_dir} is on a network mount ({mount.type})",
            "Put it on a local disk: SQLite's locks do not hold over a network.",
        )
    return Finding(True, f"state_dir: {state_dir} is on a local disk")


def _inotify(config: Config) -> Iterator[Finding]:
    limit_file = Path("/proc/sys/fs/inotify/max_user_watches")
    if not limit_file.exists():
        return
    limit = int(limit_file.read_text())
    folders = sum(_count_folders(watch.path) for watch in config.watches)
    if folders > limit * 0.8:
        yield Finding(
            False,
            f"inotify: {folders} folders are watched, the limit is {limit}",
            f"sysctl fs.inotify.max_user_watches={max(524_288, folders * 2)}",
        )
    else:
        yield Finding(True, f"inotify: {folders} folders of at most {limit}")


def _count_folders(root: Path) -> int:
    return sum(1 for _ in os.walk(root))


def _engine() -> Finding:
    if missing := lacking("engine"):
        return Finding(
            False,
            f"engine: {', '.join(missing)} missing",
            "pip install 'flexorchd[engine]'",
        )
    return Finding(True, "engine: everything is installed")


def _ocr(wanted: tuple[str, ...]) -> Finding:
    if find_spec("tesserocr") is None and find_spec("rapidocr") is None:
        return Finding(
            True,
            "OCR: no text recognition is installed; scans will fail with OCR_NOT_INSTALLED",
            f"{sys.executable} -m pip install 'flexorchd[ocr]' && apt-get install tesseract-ocr-eng",
        )
    languages = sorted(
        path.stem
        for folder in (os.environ.get("TESSDATA_PREFIX", ""), *TESSDATA)
        if folder and Path(folder).is_dir()
        for path in Path(folder).glob("*.traineddata")
    )
    missing = sorted(set(wanted) - set(languages))
    if missing:
        return Finding(
            False,
            f"OCR: no language data for {', '.join(missing)}",
            "apt install " + " ".join(f"tesseract-ocr-{language}" for language in missing),
        )
    return Finding(True, f"OCR: languages {', '.join(languages) or 'of RapidOCR'}")
