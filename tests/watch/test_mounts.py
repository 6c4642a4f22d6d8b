"""Which mount a path is on, as the kernel's own table says it."""

import os
from pathlib import Path

import pytest

from flexorchd.ledger.watches import Mount
from flexorchd.watch.mounts import Mounts, is_remote, read_mounts
from tests.watch.inbox import mounted

TABLE = rb"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:21 / /proc rw - proc proc rw
40 22 8:1 / /srv rw master:1 propagate_from:2 - xfs /dev/sda1 rw
41 40 0:50 / /srv/share\040one rw - nfs4 nas:/a\134b rw
42 40 0:51 / /srv/local rw - tmpfs  rw
43 42 0:52 / /srv/local/inner rw - fuse.sshfs me@host: rw
44 22 0:60 / /data/deep rw - ext4 /dev/sdb1 rw
45 22 0:61 / /data rw - ext4 /dev/sdc1 rw
46 45 0:62 / /data rw - cifs //server/data rw
a line that is none
"""


@pytest.fixture
def mounts() -> Mounts:
    return Mounts(TABLE)


@pytest.mark.parametrize(
    ("path", "point"),
    [
        (b"/", b"/"),
        (b"/home/me", b"/"),
        (b"/srv", b"/srv"),
        (b"/srvother", b"/"),
        (b"/srv/share one/x", b"/srv/share one"),
        (b"/srv/share one more", b"/srv"),
        (b"/srv/local/inner/y", b"/srv/local/inner"),
    ],
)
def test_a_path_is_on_the_mount_that_is_nearest_above_it(
    mounts: Mounts, path: bytes, point: bytes
) -> None:
    found = mounts.of(path)
    assert found is not None
    assert found.point == point


def test_a_later_mount_hides_those_below_and_at_its_point(mounts: Mounts) -> None:
    assert mounts.of(b"/data/deep/x") == Mount(b"/data", "cifs", "//server/data")
    assert not mounts.holds(Mount(b"/data/deep", "ext4", "/dev/sdb1"))
    assert not mounts.holds(Mount(b"/data", "ext4", "/dev/sdc1"))
    assert mounts.holds(Mount(b"/data", "cifs", "//server/data"))


def test_the_mounts_below_a_path(mounts: Mounts) -> None:
    assert {mount.point for mount in mounts.below(b"/srv")} == {
        b"/srv/share one",
        b"/srv/local",
        b"/srv/local/inner",
    }
    assert mounts.below(b"/srv/share one") == []
    assert b"/data/deep" not in {mount.point for mount in mounts.below(b"/")}


def test_escapes_and_an_empty_source(mounts: Mounts) -> None:
    assert mounts.of(b"/srv/share one") == Mount(b"/srv/share one", "nfs4", "nas:/a\\b")
    assert mounts.of(b"/srv/local") == Mount(b"/srv/local", "tmpfs", "")


def test_a_table_that_does_not_reach_the_path() -> None:
    assert Mounts(b"9 8 0:1 / /other rw - ext4 /dev/x rw\n").of(b"/srv") is None


@pytest.mark.parametrize(
    ("type_", "remote"),
    [
        ("nfs", True),
        ("nfs4", True),
        ("cifs", True),
        ("smb3", True),
        ("9p", True),
        ("virtiofs", True),
        ("fuse.sshfs", True),
        ("fuse.rclone", True),
        ("fuseblk", False),
        ("ext4", False),
        ("xfs", False),
        ("overlay", False),
        ("tmpfs", False),
    ],
)
def test_what_others_can_change_unseen(type_: str, remote: bool) -> None:
    assert is_remote(Mount(b"/x", type_, "y")) is remote


def test_the_table_of_this_machine(tmp_path: Path) -> None:
    point = tmp_path / "a point\\with\nodd name"
    point.mkdir()
    before = read_mounts().of(os.fsencode(point))
    assert before is not None
    assert os.fsencode(point).startswith(before.point)
    with mounted(point, source="some source"):
        now = read_mounts().of(os.fsencode(point / "x"))
        assert now == Mount(os.fsencode(point), "tmpfs", "some source")
        assert now in read_mounts().below(os.fsencode(tmp_path))
    assert read_mounts().of(os.fsencode(point)) == before
