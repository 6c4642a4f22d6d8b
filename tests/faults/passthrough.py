"""A file system that passes everything through to a folder, until it is told to fail.

A process of its own, started by `tests.faults.disk`: ``python -m tests.faults.passthrough FOLDER POINT RULES
OPTIONS``. Rules are lines of JSON in a file that is read again whenever it has changed; what was met is
appended to ``RULES.met``.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

import mfusepy as fuse

HANGING_LOOK = 0.02
KEYS = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_ino")


class Rules:
    """What goes wrong at this moment."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._met = file.with_suffix(".met")
        self._lock = threading.Lock()
        self._version = -1
        self._rules: list[dict[str, Any]] = []
        self._used: dict[int, int] = {}

    def apply(self, operation: str, path: str) -> None:
        """Let the operation fail, wait or hang, if a rule says so."""
        rule = self._rule(operation, path)
        if rule is None:
            return
        while rule.get("hang") and self._stands(rule):
            time.sleep(HANGING_LOOK)
        time.sleep(rule.get("delay", 0.0))
        if "errno" in rule:
            raise fuse.FuseOSError(getattr(errno, rule["errno"]))

    def _rule(self, operation: str, path: str) -> dict[str, Any] | None:
        with self._lock:
            self._read_again()
            for rule in self._rules:
                if operation not in rule["operations"] or not re.search(rule["where"], path):
                    continue
                used = self._used[rule["id"]] = self._used.get(rule["id"], 0) + 1
                if rule["after"] < used <= rule["after"] + rule["times"]:
                    self._note(rule, operation, path)
                    return rule
        return None

    def _stands(self, rule: dict[str, Any]) -> bool:
        with self._lock:
            self._read_again()
            return rule in self._rules

    def _note(self, rule: dict[str, Any], operation: str, path: str) -> None:
        with self._met.open("a") as met:
            met.write(json.dumps({"id": rule["id"], "operation": operation, "path": path}) + "\n")

    def _read_again(self) -> None:
        version = self._file.stat().st_mtime_ns
        if version != self._version:
            self._version = version
            self._rules = [json.loads(line) for line in self._file.read_text().splitlines()]


class Passthrough(fuse.Operations):
    """Every operation asks the rules first."""

    use_ns = True
    use_ino: ClassVar[bool] = True

    def __init__(self, folder: str, rules: Rules) -> None:
        self._folder = folder
        self._rules = rules

    def _real(self, operation: str, path: str) -> str:
        self._rules.apply(operation, path)
        return self._folder + path

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        status = os.lstat(self._real("getattr", path))
        times = {f"st_{k}time": getattr(status, f"st_{k}time_ns") for k in "amc"}
        return {key: getattr(status, key) for key in KEYS} | times

    def readdir(self, path: str, fh: int) -> list[tuple[str, dict[str, int], int]]:
        with os.scandir(self._real("readdir", path)) as entries:
            found = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
        return [
            (name, {"st_ino": status.st_ino, "st_mode": status.st_mode}, 0)
            for name, status in found.items()
        ]

    def access(self, path: str, amode: int) -> int:
        return 0 if os.access(self._real("access", path), amode) else -errno.EACCES

    def readlink(self, path: str) -> str:
        return os.readlink(self._real("readlink", path))

    def mkdir(self, path: str, mode: int) -> int:
        os.mkdir(self._real("mkdir", path), mode)
        return 0

    def mknod(self, path: str, mode: int, dev: int) -> int:
        os.mknod(self._real("mknod", path), mode, dev)
        return 0

    def rmdir(self, path: str) -> int:
        os.rmdir(self._real("rmdir", path))
        return 0

    def unlink(self, path: str) -> int:
        os.unlink(self._real("unlink", path))
        return 0

    def rename(self, old: str, new: str) -> int:
        os.rename(self._real("rename", old), self._folder + new)
        return 0

    def link(self, target: str, source: str) -> int:
        os.link(self._folder + source, self._real("link", target))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        os.chmod(self._real("chmod", path), mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        os.lchown(self._real("chown", path), uid, gid)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        os.utime(self._real("utimens", path), ns=times, follow_symlinks=False)
        return 0

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._real("truncate", path), length)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        told = os.statvfs(self._real("statfs", path))
        names = ("bavail", "bfree", "blocks", "bsize", "favail", "ffree", "files", "frsize")
        return {f"f_{name}": getattr(told, f"f_{name}") for name in (*names, "namemax")}

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return os.open(self._real("create", path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._real("open", path), flags & ~(os.O_CREAT | os.O_NOFOLLOW))

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        self._real("read", path)
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._real("write", path)
        return os.pwrite(fh, data, offset)

    def flush(self, path: str, fh: int) -> int:
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._real("fsync", path)
        os.fsync(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._real("fsyncdir", path)
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0


def main(folder: str, point: str, rules: str, options: str) -> None:
    os.umask(0)
    fuse.FUSE(
        Passthrough(folder, Rules(Path(rules))), point, foreground=True, **json.loads(options)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
