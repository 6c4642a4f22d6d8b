"""Memory stays flat, however large the file: measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.client.double import KEY
from tests.client.wire_server import Connection, Script, reply, serving

SIZE = 200 * 1024 * 1024
ALLOWED = 40 * 1024
BLOCK = b"x" * (1024 * 1024)

PROGRAM = """
import sys
from flexorchd.client import FlexOrch

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

key, url, act, path = sys.argv[1:]
with FlexOrch(key, url) as client:
    before = peak()
    if act == "upload":
        print(client.documents.upload(path).id)
    else:
        print(client.datasets.export_to("1", "jsonl", path))
    print(peak() - before)
"""


def growth(script: Script, act: str, path: Path) -> tuple[str, int]:
    """What the act gave, and by how many KiB its peak lies above the start."""
    with serving(script) as server:
        run = [sys.executable, "-c", PROGRAM, KEY, server.url, act, str(path)]
        said = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    result, kib = said.stdout.split()
    return result, int(kib)


def test_an_upload_of_200_mb(tmp_path: Path) -> None:
    taken = 0

    def script(connection: Connection) -> None:
        nonlocal taken
        connection.read_head()
        length = int(bytes(connection.received).lower().split(b"content-length: ")[1].split()[0])
        taken = len(connection.received.split(b"\r\n\r\n", 1)[1])
        while taken < length:
            taken += len(connection.socket.recv(1 << 20))
        body = {"accepted": 1, "rejected": [], "jobs": [{"job_id": 7, "status": "queued"}]}
        connection.send(reply(json.dumps(body).encode(), "202 Accepted"))

    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(SIZE)
    result, kib = growth(script, "upload", path)
    assert result == "7"
    assert taken > SIZE
    assert kib < ALLOWED


def test_an_export_of_200_mb(tmp_path: Path) -> None:
    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(reply(b"", "200 OK", f"Content-Length: {SIZE}", framed=False))
        for _ in range(SIZE // len(BLOCK)):
            connection.send(BLOCK)

    path = tmp_path / "export.jsonl"
    result, kib = growth(script, "export", path)
    assert int(result) == SIZE == path.stat().st_size
    assert kib < ALLOWED
