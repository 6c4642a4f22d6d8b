"""From the first rename to the last durable result, beside the published SDK's own loop, in one run.

`python -m benchmarks.end_to_end [--files 2000] [--seconds 0] [--repeat 3]`
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 20 * 1024
KEY = "dfx_benchmark_key_0001"

SDK_LOOP = """
import sys, time
from pathlib import Path
from flexorch_sdk import FlexOrchClient
client = FlexOrchClient(api_key=sys.argv[1], base_url=sys.argv[2])
files = sorted(Path(sys.argv[3]).iterdir())
began = time.perf_counter()
{body}
print(time.perf_counter() - began)
"""
ONE_BY_ONE = """
for file in files:
    client.process(str(file)).wait(poll_interval=1)
"""
MANY = """
for job in client.process_many([str(f) for f in files]):
    job.wait(poll_interval=1)
"""


@contextmanager
def service(seconds: float) -> Iterator[str]:
    """A fresh service; its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.service", "--seconds", str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def make_files(folder: Path, count: int) -> None:
    """`count` text files of 20 KB, each of its own content."""
    folder.mkdir()
    for number in range(count):
        line = f"Letter {number} of many, with words that nobody has to read. ".encode()
        (folder / f"letter-{number:05}.txt").write_bytes((line * (SIZE // len(line) + 1))[:SIZE])


def daemon_seconds(base: Path, url: str, count: int, *, details: bool) -> tuple[float, float]:
    """Seconds from the first rename to the last durable result; and requests a document."""
    make_files(base / "made", count)
    inbox, outbox = base / "inbox", base / "outbox"
    inbox.mkdir()
    config = base / "flexorchd.toml"
    config.write_text(
        f'state_dir = "{base}/state"\n[api]\nmode = "hosted"\nbase_url = "{url}"\n'
        f'[[watch]]\nname = "inbox"\npath = "{inbox}"\nsettle = 0.0\n'
        f'[output]\npath = "{outbox}"\ndetails = {str(details).lower()}\n'
        "[limits]\nmax_backlog = 0\n[web]\nlisten = \"\"\n[log]\nlevel = \"warning\"\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "flexorchd", "run", "-c", str(config)],
        env={**os.environ, "FLEXORCH_API_KEY": KEY},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(lambda: (outbox / ".flexorchd.json").exists())
        time.sleep(1.0)
        began = time.perf_counter()
        for file in (base / "made").iterdir():
            file.rename(inbox / file.name)
        results = outbox / "results" / "inbox"
        _wait(lambda: results.is_dir() and _count(results) >= count)
        seconds = time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()
    _verify(results, count)
    with urllib.request.urlopen(f"{url}/counts") as answer:
        counted = json.load(answer)["data"]
    assert counted["jobs"] == count, f"{counted['jobs']} jobs for {count} documents"
    return seconds, sum(counted["requests"].values()) / count


def _count(folder: Path) -> int:
    return sum(1 for name in os.listdir(folder) if name.endswith(".json"))


def _verify(results: Path, count: int) -> None:
    """Every document once."""
    jobs = {json.loads(path.read_bytes())["job"]["id"] for path in results.iterdir()}
    assert len(jobs) == count, f"{len(jobs)} jobs in the results of {count} documents"


def _wait(done: object, seconds: float = 120.0) -> None:
    end = time.perf_counter() + seconds
    while not done():  # type: ignore[operator]
        if time.perf_counter() > end:
            raise TimeoutError("the benchmark did not end in time")
        time.sleep(0.005)


def sdk_seconds(base: Path, url: str, count: int, body: str) -> float:
    """Seconds of the SDK's own loop over the same files: no hash, no ledger, no result on disk."""
    make_files(base / "sdk", count)
    done = subprocess.run(
        [sys.executable, "-c", SDK_LOOP.format(body=body), KEY, url, str(base / "sdk")],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=2000)
    arguments.add_argument("--seconds", type=float, default=0.0, help="how long a job takes")
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--details", action="store_true")
    chosen = arguments.parse_args()
    ours, sdk, requests = [], [], []
    body = MANY if chosen.seconds else ONE_BY_ONE
    for _ in range(chosen.repeat):
        for which in ("sdk", "ours"):
            base = Path(tempfile.mkdtemp(prefix="flexorchd-benchmark-"))
            try:
                with service(chosen.seconds) as url:
                    if which == "sdk":
                        sdk.append(sdk_seconds(base, url, chosen.files, body))
                    else:
                        found = daemon_seconds(base, url, chosen.files, details=chosen.details)
                        ours.append(found[0])
                        requests.append(found[1])
            finally:
                shutil.rmtree(base)
    ratio = statistics.median(b / a for a, b in zip(ours, sdk, strict=True))
    print(f"{chosen.files} files of 20 KB, jobs of {chosen.seconds:g} s, medians of {chosen.repeat}")
    print(f"  flexorchd   {statistics.median(ours):7.2f} s   {statistics.median(requests):.3f} requests a document")
    print(f"  SDK loop    {statistics.median(sdk):7.2f} s")
    print(f"  ratio       {ratio:7.2f}   (more than 1: flexorchd is faster)")


if __name__ == "__main__":
    main()
