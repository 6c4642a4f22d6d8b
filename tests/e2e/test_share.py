"""A scanner that writes slowly onto a share of another machine, while the share comes and goes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.process import wait_for
from tests.e2e.running import Running
from tests.faults.share import Share
from tests.service import Service

pytestmark = pytest.mark.soak

Start = Callable[..., Running]
SETTLE = 1.0
PAGE = b"%% a page, and another line of it\n" * 200


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    with Share(tmp_path / "place/in", tmp_path / "far") as share:
        yield share


@pytest.fixture
def daemon(running: Start, share: Share, tmp_path: Path) -> Running:
    watch = {"name": "in", "settle": SETTLE, "rescan": 2, "after": "archive"}
    return running(watches=[watch | {"archive_dir": str(tmp_path / "archive")}])


class Scanner:
    """Writes PDFs page by page on the other machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads: list[threading.Thread] = []
        self.scanned: dict[str, bytes] = {}

    def scan(self, name: str, pauses: list[float]) -> None:
        """Scan in the background, a page after each pause."""
        thread = threading.Thread(target=self._write, args=(name, pauses))
        thread.start()
        self._threads.append(thread)

    def _write(self, name: str, pauses: list[float]) -> None:
        content = f"%PDF-1.7\n% {name}\n".encode()
        with (self._folder / name).open("wb", buffering=0) as file:
            file.write(content)
            for pause in pauses:
                time.sleep(pause)
                file.write(PAGE)
                content += PAGE
            file.write(b"\n%%EOF\n")
        self.scanned[name] = content + b"\n%%EOF\n"

    def finish(self) -> None:
        for thread in self._threads:
            thread.join()


@pytest.fixture
def scanner(share: Share) -> Iterator[Scanner]:
    scanner = Scanner(share.far)
    yield scanner
    scanner.finish()


def all_is_done(daemon: Running, scanner: Scanner, service: Service, archive: Path) -> None:
    """Every scan has its result, was sent once and whole, and was moved away."""
    scanner.finish()
    wait_for(lambda: len(daemon.place.results()) == len(scanner.scanned), 60)
    for name, content in scanner.scanned.items():
        assert daemon.place.result(name)["file"]["sha256"] == hashlib.sha256(content).hexdigest()
        wait_for((archive / "in" / name).exists)
        assert (archive / "in" / name).read_bytes() == content
    sent = [document.content for document in service.workspace.documents]
    assert sorted(sent) == sorted(scanner.scanned.values())


def test_pages_that_come_slowly_are_awaited(
    daemon: Running, scanner: Scanner, service: Service, tmp_path: Path
) -> None:
    scanner.scan("quick.pdf", [0.2] * 5)
    scanner.scan("slower than settle.pdf", [0.3, 4 * SETTLE, 0.3])
    all_is_done(daemon, scanner, service, tmp_path / "archive")
    assert daemon.status().watches[0].mode == "polling"


@pytest.mark.parametrize("unmounted", [False, True], ids=["broken", "broken and unmounted"])
def test_a_share_that_goes_away_in_the_middle_is_awaited(
    daemon: Running,
    scanner: Scanner,
    share: Share,
    service: Service,
    tmp_path: Path,
    unmounted: bool,
) -> None:
    scanner.scan("before.pdf", [0.1])
    daemon.delivered("before.pdf")
    scanner.scan("meanwhile.pdf", [1.0] * 8)
    wait_for(lambda: daemon.status().states.get("settling"))
    share.break_off()
    if unmounted:
        share.unmount()
    daemon.says("MOUNT_MISSING", "MOUNT_LOST", "FOLDER_MISSING", "DISK_ERROR")
    scanner.scan("in the dark.pdf", [0.5])
    assert list(daemon.place.results()) == ["before.pdf"]
    if not unmounted:
        share.unmount()
    share.mount()
    all_is_done(daemon, scanner, service, tmp_path / "archive")
    daemon.is_well()


def test_a_share_that_falls_silent_is_awaited(
    daemon: Running, scanner: Scanner, share: Share, service: Service, tmp_path: Path
) -> None:
    scanner.scan("slow.pdf", [0.5] * 6)
    wait_for(lambda: daemon.status().states.get("settling"))
    share.freeze()
    daemon.says("FOLDER_SILENT")
    scanner.finish()
    share.thaw()
    all_is_done(daemon, scanner, service, tmp_path / "archive")
    daemon.is_well()
