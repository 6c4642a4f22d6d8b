"""Documents a second of each kind: our reading beside markitdown's, and the whole engine on 1 and 2 cores.

`python -m benchmarks.kinds [--quick]`

The documents are made here, and each holds words that a reader must find, or it does not count as read. The
readers take turns, each in a process of its own; medians of the turns are shown. markitdown is taken from
this environment, or from one of its own, which `python -m benchmarks.kinds --install` makes in
`.benchmarks/markitdown`.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks import verify
from benchmarks.goals import Figures, Finding, at_least, report, skipped

ROOT = Path(__file__).parent.parent
APART = ROOT / ".benchmarks" / "markitdown"
MARKITDOWN = "markitdown[pdf,docx,xlsx,outlook]==0.1.9"

NUMBER = "2026-0815"
TIMES_MARKITDOWN, TIMES_ONE = 1.0, 1.6


@dataclass(frozen=True, slots=True)
class Document:
    """One of a kind, and words that it holds."""

    data: bytes
    words: str = NUMBER


def documents() -> dict[str, Document]:
    """A document of each kind by its name, as large as those of every day."""
    from tests.engine.extract import made

    letter = [*made.LETTER, *(f"{n}  Position {n}  {n},00  {n * 7},50" for n in range(30))]
    mail = made.eml("\n".join(letter))
    mail.add_attachment(made.pdf(letter), maintype="application", subtype="pdf", filename="a.pdf")
    page = "<html><body>" + "".join(f"<p>{line}</p>" for line in letter) + "</body></html>"
    return {
        "letter.pdf": Document(made.pdf(letter)),
        "scan.png": Document(made.saved(made.picture(letter), "PNG")),
        "letter.docx": Document(made.docx("".join(map(made.paragraph, letter)))),
        "book.xlsx": Document(workbook(), "Position 499"),
        "page.html": Document(page.encode()),
        "mail.eml": Document(mail.as_bytes()),
        "letter.txt": Document("\n".join(letter).encode("cp1252")),
        "invoice.xml": Document(made.UBL.encode(), "R-2026-7"),
    }


def workbook() -> bytes:
    """Five hundred rows."""
    import xlsxwriter

    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as file:
        sheet = file.add_worksheet()
        for row in range(500):
            sheet.write_row(row, 0, [row, f"Position {row}", row * 1.5, "2026-03-01"])
    return book.getvalue()


def without() -> dict[str, str]:
    """What cannot be measured here, and what it would take."""
    missing = {}
    if find_spec("tesserocr") is None and find_spec("rapidocr") is None:
        missing["scan.png"] = "no OCR: pip install 'flexorchd[ocr]', apt install tesseract-ocr"
    if python_with_markitdown() is None:
        missing["markitdown"] = "no markitdown: python -m benchmarks.kinds --install"
    return missing


def python_with_markitdown() -> str | None:
    """An interpreter that has it."""
    if find_spec("markitdown"):
        return sys.executable
    apart = APART / "bin" / "python"
    return str(apart) if apart.exists() else None


def install() -> None:
    """An environment with markitdown, which needs other versions of what we use."""
    subprocess.run([sys.executable, "-m", "venv", APART], check=True)
    pip = [
        str(APART / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, MARKITDOWN], check=True)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one reader did: documents a second by their name (None: not read), and its peak memory."""

    rates: Mapping[str, float | None]
    peak_mb: float


def turn(reader: str, manifest: list[list[str]], seconds: float) -> Turn:
    """One reader over all documents."""
    python = python_with_markitdown() if reader == "markitdown" else sys.executable
    done = subprocess.run(
        [str(python), Path(__file__).with_name("readers.py"), reader, str(seconds)],
        input=json.dumps(manifest),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if reader == "markitdown" else None,
        text=True,
        check=True,
    )
    return Turn(**json.loads(done.stdout.splitlines()[-1]))


def turns(readers: list[str], seconds: float, repeat: int) -> dict[str, list[Turn]]:
    """All readers over all documents, one after the other, so many times."""
    missing = without()
    with tempfile.TemporaryDirectory(prefix="flexorchd-benchmark-") as folder:
        manifest = []
        for name, document in documents().items():
            (Path(folder) / name).write_bytes(document.data)
            if name not in missing:
                manifest.append([name, str(Path(folder) / name), document.words])
        found: dict[str, list[Turn]] = {reader: [] for reader in readers}
        for _ in range(repeat):
            for reader in readers:
                found[reader].append(turn(reader, manifest, seconds))
    for reader in readers:
        if reader != "markitdown":
            verify_read(reader, found[reader])
    return found


def verify_read(reader: str, turns_: list[Turn]) -> None:
    """It found the words of every document, in every turn."""
    unread = {name for one in turns_ for name, rate in one.rates.items() if rate is None}
    verify.equal(f"documents that {reader} did not read", unread, set())


def ratio(found: Mapping[str, list[Turn]], name: str, one: str, other: str) -> float | None:
    """How many times as fast the one is over a document, the median of the turns."""
    pairs = [
        (mine.rates[name], theirs.rates[name])
        for mine, theirs in zip(found[one], found.get(other, []), strict=False)
    ]
    whole = [mine / theirs for mine, theirs in pairs if mine and theirs]
    return statistics.median(whole) if whole else None


def measure(*, quick: bool) -> Iterator[Finding]:
    """The goals of this benchmark."""
    missing = without()
    readers = ["markitdown", "reading", "engine 1", "engine 2"]
    measured = [reader for reader in readers if reader not in missing]
    found = turns(measured, 0.2 if quick else 0.5, 1 if quick else 2)
    names = list(found["reading"][0].rates)
    what = "Engine: the slowest kind to read, times markitdown's speed"
    if "markitdown" in missing:
        yield skipped(what, f"≥ {TIMES_MARKITDOWN:.2f}", missing["markitdown"])
    else:
        times = {name: ratio(found, name, "reading", "markitdown") for name in names}
        slowest, least = min(((n, r) for n, r in times.items() if r), key=lambda pair: pair[1])
        yield at_least(f"{what} ({slowest})", least, TIMES_MARKITDOWN)
    both = [r for name in names if (r := ratio(found, name, "engine 2", "engine 1"))]
    what = "Engine: two cores, times the documents of one, median of the kinds"
    yield at_least(what, statistics.median(both), TIMES_ONE)
    if "scan.png" in missing:
        yield skipped("Engine: scans", "read", missing["scan.png"])
    yield figures(found, names, readers)


def figures(found: Mapping[str, list[Turn]], names: list[str], readers: list[str]) -> Figures:
    """Documents a second; the last line is the memory that each reader had at its most."""
    rows = [[name, *(_rate(found.get(reader), name) for reader in readers)] for name in names]
    # The engine reads in subprocesses.
    rows.append(["peak memory, MB", *(_peak(found.get(one)) for one in readers[:2]), "", ""])
    columns = ["", "markitdown reads", "we read", "whole engine, 1 core", "2 cores"]
    return Figures("Documents a second by kind", columns, rows)


def _rate(turns_: list[Turn] | None, name: str) -> str:
    if turns_ is None:
        return "not installed"
    rates = [rate for one in turns_ if (rate := one.rates[name]) is not None]
    return f"{statistics.median(rates):.1f}" if rates else "not read"


def _peak(turns_: list[Turn] | None) -> str:
    return f"{max(one.peak_mb for one in turns_):.0f}" if turns_ else ""


if __name__ == "__main__":
    if "--install" in sys.argv:
        install()
    else:
        report(measure(quick="--quick" in sys.argv))
