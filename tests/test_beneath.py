"""What lies below a folder is reached without following a link, however long the way."""

import contextlib
import os
from pathlib import Path

import pytest

from flexorchd.filesystem.beneath import ABSENT, CONTENT, FOLDER, PLACE, opened


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b" / "file").write_text("content")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("secret")
    return tmp_path / "root"


def read(root: Path, path: bytes) -> bytes:
    with opened(os.fsencode(root), path, CONTENT) as descriptor:
        return os.read(descriptor, 100)


def test_files_and_folders_at_any_depth(root: Path) -> None:
    assert read(root, b"a/b/file") == b"content"
    with opened(os.fsencode(root), b"", FOLDER) as descriptor:
        assert os.listdir(descriptor) == ["a"]
    with opened(os.fsencode(root), b"a/b", PLACE) as descriptor:
        assert os.stat("file", dir_fd=descriptor).st_size == 7


@pytest.mark.parametrize("linked", ["a", "a/b", "a/b/file"])
def test_a_link_anywhere_on_the_way_is_refused(root: Path, linked: str) -> None:
    (root / linked).rename(root.parent / "moved")
    os.symlink(root.parent / "moved", root / linked)
    with pytest.raises(OSError) as met:
        read(root, b"a/b/file")
    assert met.value.errno in ABSENT


def test_the_roots_own_path_may_lead_over_links(root: Path) -> None:
    os.symlink(root, root.parent / "link")
    assert read(root.parent / "link", b"a/b/file") == b"content"


def test_a_fifo_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe")
    assert read(root, b"pipe") == b""


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    for path in (b"a/b/file", b"a/x/file", b"a/b/file/x", b""):
        with contextlib.suppress(OSError), opened(os.fsencode(root), path, CONTENT):
            pass
    assert set(os.listdir("/proc/self/fd")) == before
