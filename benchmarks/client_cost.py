"""CPU a file of the client against bare httpx, ten files a request, side by side.

``python -m benchmarks.client_cost`` starts a server on loopback in a process of its own, which
reads requests and answers them, and sends the same files with both, in turn. It prints the medians
and their ratio. Only this process's CPU time counts: the wall clock also measures the server.
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx

from flexorchd.client import FlexOrch, Upload

KEY = "dfx_benchmark"
FILES = 10
SIZE = 20_000
REQUESTS = 40
ROUNDS = 15
GOAL = 1.3


def serve(listener: socket.socket) -> None:
    """Answer every upload with a job for each file that it names."""
    while True:
        connection, _ = listener.accept()
        with connection:
            while request := read(connection):
                names = re.findall(rb'filename="([^"]*)"', request)
                jobs = [
                    {"filename": name.decode(), "job_id": number, "status": "queued"}
                    for number, name in enumerate(names)
                ]
                data = {"accepted": len(jobs), "rejected": [], "jobs": jobs}
                body = json.dumps({"status": "accepted", "data": data, "error": None}).encode()
                head = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
                connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def read(connection: socket.socket) -> bytes:
    """One whole request; nothing when the other side has closed."""
    received = bytearray()
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(1 << 18)
        if not chunk:
            return b""
        received += chunk
    head = bytes(received[: received.index(b"\r\n\r\n")])
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    whole = len(head) + 4 + int(length[1] if length else 0)
    while len(received) < whole:
        received += connection.recv(1 << 18)
    return bytes(received)


@contextmanager
def server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = get_context("fork").Process(target=serve, args=(listener,), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            process.terminate()
            process.join()


def with_client(client: FlexOrch, paths: list[Path]) -> int:
    submission = client.documents.submit([Upload.from_path(path) for path in paths])
    return len(submission.accepted)


def with_httpx(client: httpx.Client, paths: list[Path]) -> int:
    with ExitStack() as stack:
        files = [
            ("files", (path.name, stack.enter_context(path.open("rb")), "application/octet-stream"))
            for path in paths
        ]
        answer = client.post("/data-process/async", files=files, data={"locale": "und"})
    answer.raise_for_status()
    return len(answer.json()["data"]["jobs"])


def cost(send: Callable[[], int]) -> float:
    """CPU milliseconds a file."""
    begun = time.process_time()
    sent = sum(send() for _ in range(REQUESTS))
    assert sent == REQUESTS * FILES
    return (time.process_time() - begun) * 1000 / sent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, server() as url:
        paths = [Path(folder) / f"{number:02}.pdf" for number in range(FILES)]
        for path in paths:
            path.write_bytes(os.urandom(SIZE))
        headers = {"X-API-KEY": KEY}
        with FlexOrch(KEY, url) as client:
            ours = with_client(client, paths)
        assert ours == FILES
        figures: dict[str, list[float]] = {"client": [], "httpx": []}
        for _ in range(ROUNDS):
            with FlexOrch(KEY, url) as client:
                figures["client"].append(cost(lambda c=client: with_client(c, paths)))
            with httpx.Client(base_url=url, headers=headers, timeout=30) as bare:
                figures["httpx"].append(cost(lambda c=bare: with_httpx(c, paths)))
    report(figures)


def report(figures: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(values) for name, values in figures.items()}
    ratio = statistics.median(
        ours / bare for ours, bare in zip(figures["client"], figures["httpx"], strict=True)
    )
    print(f"{ROUNDS} rounds of {REQUESTS} requests with {FILES} files of {SIZE} bytes each")
    for name, median in medians.items():
        spread = f"{min(figures[name]):.3f} to {max(figures[name]):.3f}"
        print(f"{name:>7}: {median:.3f} ms of CPU a file, median ({spread})")
    print(f"  ratio: {ratio:.2f}, median of the rounds; the goal is at most {GOAL}")


if __name__ == "__main__":
    main()
