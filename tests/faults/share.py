"""A folder of another machine, mounted by sshfs: its server is a process here, reached over a socket."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

from tests.e2e.process import wait_for
from tests.faults import need

SERVER = Path("/usr/lib/openssh/sftp-server")
OPTIONS = "passive,dir_cache=no,attr_timeout=0,entry_timeout=0"


class Share:
    """A network folder.

    Args:
        point: where it is mounted.
        far: the folder on the other machine, where a scanner writes.
    """

    def __init__(self, point: Path, far: Path) -> None:
        if shutil.which("sshfs") is None or not SERVER.exists():
            need.missing("there is no sshfs here (sshfs, openssh-sftp-server)")
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            need.missing("there is no FUSE here (/dev/fuse)")
        self.point = point
        self.far = far
        self.far.mkdir(parents=True)
        self.point.mkdir(parents=True, exist_ok=True)

    def mount(self) -> None:
        """Mount it, by a new connection."""
        near, far = socket.socketpair()
        with near, far:
            self._server = subprocess.Popen([SERVER], stdin=far, stdout=far)
            self._client = subprocess.Popen(
                ["sshfs", "-f", "-o", OPTIONS, f":{self.far}", self.point],
                stdin=near,
                stdout=near,
            )
        wait_for(self.point.is_mount)

    def break_off(self) -> None:
        """The connection ends: every operation fails, and the mount is still there."""
        for process in (self._client, self._server):
            process.kill()
            process.wait(10)

    def freeze(self) -> None:
        """The other machine does not answer."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It answers again."""
        self._server.send_signal(signal.SIGCONT)

    def unmount(self) -> None:
        """Nothing is mounted there, as after a boot without a network."""
        subprocess.run(["fusermount3", "-u", "-z", self.point], check=True, capture_output=True)

    def __enter__(self) -> Self:
        self.mount()
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()
        self.break_off()
        subprocess.run(["fusermount3", "-u", "-z", self.point], capture_output=True)
