"""Hostile documents end in a failed job with a code and a remedy, and hurt nobody else."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from flexorchd.engine import sandbox
from flexorchd.engine.config import Limits
from flexorchd.engine.failure import Failure
from flexorchd.engine.model import Outcome, Settings
from tests.engine.server.conftest import (
    Running,
    StartEngine,
    children_of,
    data_of,
    wait_for,
)
from tests.engine.server.samples import (
    billion_laughs,
    deep_html,
    deep_xml,
    docx_bomb,
    invoice_pdf,
    pdf_bomb,
    slow_text,
    sparse_xlsx,
    text_pdf,
    ubl_invoice,
)

_TIGHT = {"memory": 1_000_000_000, "cpu_seconds": 5, "wall_seconds": 8}


@pytest.fixture(scope="module")
def guarded(start_engine: StartEngine) -> Running:
    return start_engine(limits=_TIGHT)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("bomb.docx", docx_bomb(), id="a zip bomb"),
        pytest.param("bomb.pdf", pdf_bomb(), id="a PDF bomb"),
        pytest.param("sparse.xlsx", sparse_xlsx(), id="a sheet of two far cells"),
        pytest.param("laughs.xml", billion_laughs(), id="a billion laughs"),
        pytest.param("deep.xml", deep_xml(), id="deep XML"),
        pytest.param("cut.pdf", invoice_pdf()[:700], id="a truncated PDF"),
        pytest.param("lie.pdf", b"PK\x03\x04" + os.urandom(3000), id="a mislabelled file"),
        pytest.param("noise.png", b"\x89PNG\r\n\x1a\n" + os.urandom(3000), id="noise as a picture"),
    ],
)
def test_a_hostile_document_fails_with_a_code_and_a_remedy(
    guarded: Running, name: str, data: bytes
) -> None:
    neighbour = (f"beside-{name}.txt", b"An honest neighbour of " + name.encode())
    jobs = data_of(guarded.upload((name, data), neighbour))["jobs"]
    hostile, honest = (guarded.ended(job["job_id"], 25) for job in jobs)
    assert hostile["status"] == "failed"
    step = hostile["result_meta"]["step_failures"][0]
    assert step["error_type"].isupper()
    assert step["error"].endswith(".")
    assert step["remedy"].endswith(".")
    assert honest["status"] == "completed"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("deep.html", deep_html(), id="deep HTML"),
        pytest.param("slow.txt", slow_text(), id="text that patterns back-track on"),
    ],
)
def test_a_heavy_document_ends_in_bounded_time(guarded: Running, name: str, data: bytes) -> None:
    job = guarded.process_one(name, data)
    assert job["status"] in ("completed", "failed")
    assert guarded.process_one(f"after-{name}.txt", name.encode())["status"] == "completed"


def test_mutated_documents_never_stop_the_engine(guarded: Running) -> None:
    chance = random.Random(20260301)
    honest = [
        ("m.pdf", invoice_pdf()),
        ("m.xml", ubl_invoice("M-1")),
        ("m.html", b"<p>Hi</p>" * 50),
    ]
    files = []
    for number in range(60):
        name, data = honest[number % len(honest)]
        mutated = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            place = chance.randrange(len(mutated))
            mutated[place : place + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 6))
        files.append((f"{number}-{name}", bytes(mutated)))
    jobs = data_of(guarded.upload(*files))["jobs"]
    ends = [guarded.ended(job["job_id"], 60) for job in jobs]
    for end in ends:
        if end["status"] == "failed":
            assert end["result_meta"]["step_failures"][0]["remedy"]
    assert guarded.process_one("still-here.txt", b"Still here")["status"] == "completed"


def _run(data: bytes, **limits: float) -> Outcome | Failure:
    chosen = Limits(**{"wall_seconds": 20.0, "cpu_seconds": 20} | limits)  # type: ignore[arg-type]
    return sandbox.supervise(data, "a.txt", Settings(), chosen, b"key")


@pytest.fixture(autouse=True, scope="module")
def _end_fork_servers() -> object:
    yield
    sandbox.shut_down()


_BUSY = ("word and digits 12345 " * 200 + "\n").encode() * 400


def test_time_by_the_clock_is_limited() -> None:
    assert _run(_BUSY, wall_seconds=0.05) == sandbox.TIMED_OUT


def test_processor_time_is_limited() -> None:
    assert _run(_BUSY * 6, cpu_seconds=1) == sandbox.TIMED_OUT


def test_a_long_scan_gets_the_time_of_its_pages_and_no_more_memory() -> None:
    letter, scan = Limits().of(300_000), Limits().of(25_000_000)
    assert letter == Limits()
    assert scan.cpu_seconds > 3 * letter.cpu_seconds
    assert scan.wall_seconds > scan.cpu_seconds
    assert (scan.memory, scan.output) == (letter.memory, letter.output)


def test_memory_is_limited() -> None:
    # Less text than the limit on text, so that the one on memory is met first.
    end = _run(_BUSY * 10, memory=sandbox_memory() + 40_000_000)
    assert isinstance(end, Failure)
    assert end.code == "OUT_OF_MEMORY"


def sandbox_memory() -> int:
    """Address space of a fork server, where a child begins."""
    sandbox.warm()
    processes = [Path(f"/proc/{child}") for child in children_of(os.getpid())]
    servers = [p for p in processes if b"engine.worker" in (p / "cmdline").read_bytes()]
    lines = (line for p in servers for line in (p / "status").read_text().splitlines())
    return max(int(line.split()[1]) for line in lines if line.startswith("VmSize")) * 1024


def test_output_is_limited() -> None:
    assert _run(b"A long text. " * 1000, output=5000) == sandbox.TOO_MUCH_OUTPUT


def test_an_honest_document_is_an_outcome() -> None:
    outcome = _run(b"Hello, mail a@example.org")
    assert isinstance(outcome, Outcome)
    assert outcome.text == "Hello, mail [MASKED_EMAIL]"


def _grandchild(engine: Running) -> int:
    """The subprocess of the document that is being processed."""

    def find() -> int | None:
        servers = children_of(engine.process.pid)
        return next((pid for server in servers for pid in children_of(server)), None)

    return int(wait_for(find))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_in_native_code_fails_that_document_alone(
    engine: Running, number: signal.Signals
) -> None:
    busy = (f"busy-{number}.txt", _BUSY * 3 + bytes(f"{number}", "ascii"))
    job_id = data_of(engine.upload(busy))["jobs"][0]["job_id"]
    os.kill(_grandchild(engine), number)
    failed = engine.ended(job_id)
    assert failed["result_meta"]["step_failures"][0]["error_type"] == "CRASHED_PARSER"
    assert engine.process_one("next.txt", b"Next")["status"] == "completed"


def test_a_killed_fork_server_costs_no_job(engine: Running) -> None:
    job_id = data_of(engine.upload(("busy.txt", _BUSY)))["jobs"][0]["job_id"]
    child = _grandchild(engine)
    parent = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)
    assert engine.ended(job_id)["status"] == "completed"


def test_a_document_leaves_no_file_behind(engine: Running) -> None:
    def files() -> set[Path]:
        return set(Path("/dev/shm").iterdir())

    before = files()
    engine.process_one("a.pdf", text_pdf("No temporary file"))
    assert files() <= before
