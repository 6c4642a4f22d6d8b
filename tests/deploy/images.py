"""The images, built by buildah and run by podman, in stores of their own below the temporary folder.

The base image is ``PYTHON_IMAGE`` where it is set, else what the Dockerfile names; it is not fetched where
it is in the store already.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PLACE = Path(tempfile.gettempdir()) / "flexorchd-proof"
NEEDED = ("buildah", "podman", "crun", "unshare", "nsenter")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
STORE = [
    "--root",
    str(PLACE / "store"),
    "--runroot",
    str(PLACE / "run"),
    "--storage-driver",
    "overlay",
]

# Containers want one hierarchy of control groups; all calls share a mount name space that shows only that.
HOLD = """
umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo held && exec sleep infinity
"""
CONFINED = [
    "--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL", "--security-opt=no-new-privileges",
    "--cgroups=disabled", "--network=none", "--log-driver=k8s-file", "--health-interval=disable",
    "--ulimit=nofile=10000:10000", "--ulimit=nproc=4000:4000",
]  # fmt: skip


def missing() -> str:
    """Why this cannot run here; empty if it can."""
    if os.geteuid() != 0:
        return "needs root"
    lacking = [tool for tool in NEEDED if shutil.which(tool) is None]
    return f"needs {', '.join(lacking)}" if lacking else ""


def build(target: str) -> str:
    """Build an image from this checkout; its name."""
    name = f"localhost/flexorchd:{target}"
    settings = PLACE / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"[global]\ncert = {BUNDLE}\n")
    command = [
        "buildah", *STORE, "bud", "--isolation", "chroot", "--network", "host", "--layers",
        "--pull-never" if _base_is_here() else "--pull", "--format", "docker", "--target", target,
        "-v", f"{settings}:/etc/pip.conf:ro", "-v", f"{BUNDLE}:{BUNDLE}:ro", "-t", name,
    ]  # fmt: skip
    if base := os.environ.get("PYTHON_IMAGE"):
        command += ["--build-arg", f"PYTHON_IMAGE={base}"]
    ended = subprocess.run([*command, REPOSITORY], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return name


def _base_is_here() -> bool:
    named = re.search(r"ARG PYTHON_IMAGE=(\S+)", (REPOSITORY / "Dockerfile").read_text())
    assert named
    base = os.environ.get("PYTHON_IMAGE", named[1])
    return subprocess.run(["buildah", *STORE, "inspect", "--type", "image", base],
                          capture_output=True).returncode == 0  # fmt: skip


class Podman:
    """Runs podman where containers can live."""

    def __init__(self, holder: int) -> None:
        self._holder = holder

    def __call__(self, *args: object, check: bool = True) -> str:
        """What a podman command printed."""
        command = ["nsenter", "-t", str(self._holder), "--mount", "--", "podman", *STORE,
                   "--cgroup-manager=cgroupfs", "--events-backend=file"]  # fmt: skip
        ended = subprocess.run(
            [*command, *map(str, args)],
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if check and ended.returncode:
            raise AssertionError(f"podman {args}: {ended.returncode}\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    def healthy(self, name: str) -> bool:
        """What the image's health check says now."""
        return "unhealthy" not in self("healthcheck", "run", name, check=False) and (
            self._code("healthcheck", "run", name) == 0
        )

    def _code(self, *args: str) -> int:
        try:
            self(*args)
        except AssertionError:
            return 1
        return 0

    def logs(self, name: str) -> str:
        """What a container logged."""
        path = self("inspect", name, "--format", "{{.HostConfig.LogConfig.Path}}").strip()
        return Path(path).read_text(errors="replace")

    def config(self, image: str) -> dict:
        """An image's configuration."""
        found: dict = json.loads(self("image", "inspect", image))[0]
        return found


@contextmanager
def podman() -> Iterator[Podman]:
    """Podman, for as long as its name space is held."""
    holder = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "bash", "-c", HOLD],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        yield Podman(holder.pid)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def until(holds: Callable[[], object], what: Callable[[], str], seconds: float = 60) -> None:
    """Wait until something is so; else tell what there is."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)
