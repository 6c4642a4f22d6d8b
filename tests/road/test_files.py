"""Files of every kind, and what happens to them on the way."""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from tests.faults import need
from tests.house import House
from tests.road.conftest import Build
from tests.service import Service

LETTER = "Gr\u00f6\u00dfe.txt"
NAMES = [
    b"two\nlines.txt",
    b"not utf-8 \xff\xfe.txt",
    b"n" * 251 + b".txt",
    unicodedata.normalize("NFC", LETTER).encode(),
    unicodedata.normalize("NFD", LETTER).encode(),
    b"-rf.txt",
    b"--.txt",
    b" .txt",
    b"\x01\x1b[31m.txt",
    b"$(id);`id`.txt",
    b"a\\b.txt",
    b"%2e%2e%2f.txt",
]


def test_names_of_any_bytes_live_beside_one_another(house: House, service: Service) -> None:
    folder = os.fsencode(house.source(""))
    for number, name in enumerate(NAMES):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"document %d" % number)
    house.run()
    results = house.results()
    assert len(results) == len(NAMES)
    texts = {result["document"]["records"][0]["text"] for result in results.values()}
    assert texts == {f"document {number}" for number in range(len(NAMES))}
    assert all(name.isprintable() for names in service.uploads() for name in names)


def test_two_spellings_of_a_name_are_two_files(house: House) -> None:
    for form in ("NFC", "NFD"):
        house.drop(unicodedata.normalize(form, LETTER), form)
    house.run()
    told = {path: r["document"]["records"][0]["text"] for path, r in house.results().items()}
    assert told == {unicodedata.normalize(form, LETTER): form for form in ("NFC", "NFD")}


def test_what_is_no_file_is_left_alone_and_says_so(house: House, service: Service) -> None:
    inbox = house.source("")
    os.mkfifo(inbox / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        # A path for a socket is short, wherever the tests lie.
        folder = os.open(inbox, os.O_RDONLY | os.O_DIRECTORY)
        listening.bind(f"/proc/self/fd/{folder}/socket.txt")
        os.close(folder)
        (inbox / "link.txt").symlink_to("/etc/hostname")
        (inbox / "loop").symlink_to(inbox, target_is_directory=True)
        (inbox / "out").symlink_to("/etc", target_is_directory=True)
        house.drop("real.txt", "real")
        house.run()
    assert set(house.results()) == {"real.txt"}
    assert len(service.workspace.documents) == 1
    assert set(house.states().values()) == {"delivered", "ignored"}


def test_a_device_is_never_read(house: House, service: Service) -> None:
    need.root()
    os.mknod(house.source("zero.txt"), 0o020600, os.makedev(1, 5))
    house.drop("real.txt", "real")
    house.run()
    assert house.states() == {"zero.txt": "ignored", "real.txt": "delivered"}


def test_a_hard_link_is_a_copy(house: House, service: Service) -> None:
    content = house.drop("one.txt", "the same")
    os.link(house.source("one.txt"), house.source("two.txt"))
    house.run()
    assert set(house.results()) == {"one.txt", "two.txt"}
    assert service.workspace.payments(content) == 1


@pytest.mark.parametrize("change", ["grown", "shrunk", "replaced", "swapped for a link"])
def test_a_file_that_changes_while_it_waits_is_sent_as_it_is_now(
    build: Build, service: Service, change: str, tmp_path: Path
) -> None:
    """It waits, hashed and queued, since nothing is sent for now."""
    house = build(limits={"max_backlog": 1})
    old = house.drop("a.txt", "the first version")
    house.drop("b.txt", "another")
    house.run(lambda: house.states() == {"a.txt": "held", "b.txt": "held"})
    source = house.source("a.txt")
    if change == "grown":
        new = house.drop("a.txt", old + b", and more")
    elif change == "shrunk":
        new = house.drop("a.txt", old[:5])
    elif change == "replaced":
        new = (tmp_path / "new").write_bytes(b"of another file") and b"of another file"
        (tmp_path / "new").rename(source)
    else:
        source.unlink()
        source.symlink_to("/etc/hostname")
        new = b""
    house.ask("approve", watch="in")
    house.run()
    assert service.workspace.payments(old) == 0
    if new:
        assert service.workspace.payments(new) == 1
        result = house.result("a.txt")
        assert result
        assert result["document"]["records"][0]["text"] == new.decode()
    else:
        assert len(service.workspace.documents) == 1


@pytest.mark.parametrize("seconds", [-(10**9), 10**9])
def test_a_file_of_another_time_is_sent_at_once(house: House, seconds: int) -> None:
    house.drop("a.txt", "one")
    then = int(house.clock.now()) + seconds
    os.utime(house.source("a.txt"), (then, then))
    house.run(seconds=60)
    assert house.result("a.txt")


def test_a_change_that_a_coarse_clock_cannot_show_is_found_by_its_size(house: House) -> None:
    """FAT knows times to two seconds: both versions have the same."""
    house.drop("a.txt", "one")
    os.utime(house.source("a.txt"), (10**9, 10**9))
    house.run()
    house.drop("a.txt", "another")
    os.utime(house.source("a.txt"), (10**9, 10**9))
    house.run()
    result = house.result("a.txt")
    assert result
    assert result["document"]["records"][0]["text"] == "another"
