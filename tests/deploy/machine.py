"""A Debian with systemd in a container: made once, kept in the temporary folder, booted anew for each use.

The installation in it is typed by the how-to: its own lines, run as they stand there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
HOW_TO = REPOSITORY / "docs/how-to/systemd.md"
PLACE = Path(tempfile.gettempdir()) / "flexorchd-proof"
PACKAGES = "systemd,systemd-sysv,dbus,python3,python3-venv,ca-certificates,procps,iproute2,curl"
NEEDED = ("mmdebstrap", "systemd-nspawn", "nsenter", "unshare")

BOOT = """
set -e
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/flexorchd-proof
echo $$ > /sys/fs/cgroup/flexorchd-proof/cgroup.procs
exec systemd-nspawn -q -D "$1" --boot --register=no --keep-unit --machine=flexorchd-proof --console=pipe \\
  --resolv-conf=off --timezone=off --link-journal=no --private-network --capability=all \\
  --system-call-filter=bpf --volatile=overlay --bind-ro="$2":/src
"""


def missing() -> str:
    """Why this cannot run here; empty if it can."""
    if os.geteuid() != 0:
        return "needs root"
    lacking = [tool for tool in NEEDED if shutil.which(tool) is None]
    return (
        f"needs {', '.join(lacking)} (apt-get install systemd-container mmdebstrap)"
        if lacking
        else ""
    )


def block(name: str, page: Path = HOW_TO) -> str:
    """The commands of a block of a how-to."""
    found = re.search(rf"<!-- run: {name} -->\n```\n(.*?)```", page.read_text(), re.DOTALL)
    assert found, f"{page} has no block {name}"
    return found[1]


def root_file_system() -> Path:
    """The machine's files, with flexorchd as it is in this checkout."""
    root = PLACE / "root"
    if not (root / "etc/os-release").exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(root, ignore_errors=True)
        run = ["mmdebstrap", "--variant=minbase", "--mode=root", f"--include={PACKAGES}"]
        subprocess.run([*run, "bookworm", root], check=True, capture_output=True)
    _install(root)
    return root


def _install(root: Path) -> None:
    """Type the how-to's first block in a copy of the repository, with this machine's certificates."""
    source = root / "root/flexorchd"
    shutil.rmtree(source, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=REPOSITORY, check=True, capture_output=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, source / name)
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    shutil.copy2(bundle, root / bundle.relative_to("/"))
    shutil.copy2("/etc/resolv.conf", root / "etc/resolv.conf")
    subprocess.run(
        [
            "chroot",
            root,
            "bash",
            "-euxc",
            "cd /root/flexorchd; apt-get update -qq\n" + block("install"),
        ],
        check=True,
        capture_output=True,
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PIP_CERT": str(bundle),
            "PIP_FORCE_REINSTALL": "0",
            "DEBIAN_FRONTEND": "noninteractive",
        },
    )


class Machine:
    """A booted machine."""

    def __init__(self, leader: int) -> None:
        self._leader = leader

    def run(
        self, script: str, *, check: bool = True, timeout: float = 120, network: bool = False
    ) -> str:
        """What a shell script, typed as root, printed on both outputs.

        The machine has no network; with `network` the script has that of the machine around it.
        """
        spaces = ["--mount", "--uts", "--ipc", "--pid", "--root", "--wd"] if network else ["--all"]
        ended = subprocess.run(
            ["nsenter", "-t", str(self._leader), *spaces, "--", "bash", "-euc", script],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
        )  # fmt: skip
        if check and ended.returncode:
            raise AssertionError(f"{script}\nended with {ended.returncode}:\n{ended.stdout}")
        return ended.stdout

    def show(self, name: str, unit: str = "flexorchd") -> str:
        """A property of a unit."""
        return self.run(f"systemctl show -P {name} {unit}").strip()

    def until(self, holds: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                log = self.run(
                    "systemctl status flexorchd; journalctl -u flexorchd -n 40", check=False
                )
                raise AssertionError(f"it did not come to be; the log ends:\n{log}")
            time.sleep(0.2)

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return self.run(f"test -e {path} && echo yes || true").strip() == "yes"


@contextmanager
def booted() -> Iterator[Machine]:
    """A machine that runs; what happens in it is forgotten with it."""
    root = root_file_system()
    command = ["unshare", "--mount", "--propagation", "private", "bash", "-c", BOOT, "boot"]
    with (PLACE / "boot.log").open("wb") as log:
        nspawn = subprocess.Popen(
            [*command, root, REPOSITORY], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        machine = Machine(_leader(nspawn))
        machine.until(
            lambda: "run" in machine.run("systemctl is-system-running --wait", check=False)
        )
        yield machine
        machine.run("systemctl poweroff", check=False)
        nspawn.wait(60)
    finally:
        nspawn.terminate()
        nspawn.wait(30)
        _remove_groups(Path("/sys/fs/cgroup/unified/flexorchd-proof"))


def _leader(nspawn: subprocess.Popen[bytes]) -> int:
    """The process that is number 1 in there."""
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and nspawn.poll() is None:
        for pid in children.read_text().split():
            with suppress(FileNotFoundError):
                # Before it is systemd it has not all of its name spaces.
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    return int(pid)
        time.sleep(0.1)
    raise AssertionError((PLACE / "boot.log").read_text())


def _remove_groups(top: Path) -> None:
    for folder in sorted(top.glob("**/"), reverse=True):
        with suppress(OSError):
            folder.rmdir()
