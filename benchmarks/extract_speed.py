"""Documents a second and peak memory of reading each kind, beside markitdown on the same files in one run.

    python -m benchmarks.extract_speed [FOLDER ...] [--seconds 3] [--repeat 3]

Without a folder it reads documents that it makes. Files are grouped by their kind, and each kind is read by
each reader in a process of its own, the readers taking turns; the medians of the turns are shown. Importing
counts towards memory and not towards time. `characters` is what one pass over the files gave, `failed` how
many of them could not be read.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from flexorchd.engine.model import DocumentError
from flexorchd.engine.steps.extract import extract

Read = Callable[[Path], int]
"""Reads a file and gives the number of characters found; raises where it cannot."""


def ours() -> Read:
    def read(path: Path) -> int:
        return len(extract(path.read_bytes(), path.name).text)

    return read


def markitdown() -> Read:
    from markitdown import MarkItDown  # type: ignore[import-not-found]

    converter = MarkItDown(enable_plugins=False)

    def read(path: Path) -> int:
        return len(converter.convert_local(str(path)).text_content)

    return read


READERS: dict[str, Callable[[], Read]] = {"ours": ours, "markitdown": markitdown}


def measure(reader: str, seconds: float, paths: list[Path]) -> dict[str, Any]:
    """One reader over these files, again and again; run in a process of its own."""
    read = READERS[reader]()
    characters, failed = _pass(read, paths)
    rounds, begun = 0, time.perf_counter()
    while rounds == 0 or time.perf_counter() - begun < seconds:
        _pass(read, paths)
        rounds += 1
    rate = rounds * len(paths) / (time.perf_counter() - begun)
    return {"rate": rate, "peak_mb": _peak_mb(), "characters": characters, "failed": failed}


def _pass(read: Read, paths: list[Path]) -> tuple[int, int]:
    characters = failed = 0
    for path in paths:
        try:
            characters += read(path)
        except Exception:  # noqa: BLE001 (each reader fails in its own ways)
            failed += 1
    return characters, failed


def _peak_mb() -> int:
    """The most memory that this process had, which `ru_maxrss` would inherit from its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def measured_apart(reader: str, seconds: float, paths: list[Path]) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.extract_speed",
        "--child",
        reader,
        "--seconds",
        str(seconds),
    ]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def by_kind(folders: list[Path]) -> dict[str, list[Path]]:
    """The files that can be read, by kind; a PDF that needs OCR is a kind of its own."""
    kinds: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        try:
            content = extract(path.read_bytes(), path.name)
        except DocumentError:
            continue
        scanned = content.kind == "pdf" and content.ocr_confidence is not None
        kinds["pdf, scanned" if scanned else content.kind].append(path)
    return dict(sorted(kinds.items()))


def make(folder: Path) -> None:
    """A document of each kind, as large as those of every day."""
    import xlsxwriter

    from tests.engine.extract import made

    letter = [*made.LETTER, *(f"{n}  Position {n}  {n},00  {n * 7},50" for n in range(30))]
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(500):
            sheet.write_row(row, 0, [row, f"Position {row}", row * 1.5, "2026-03-01"])
    mail = made.eml("\n".join(letter))
    mail.add_attachment(made.pdf(letter), maintype="application", subtype="pdf", filename="a.pdf")
    documents = {
        "letter.pdf": made.pdf(letter),
        "scan.png": made.saved(made.picture(letter), "PNG"),
        "letter.docx": made.docx("".join(map(made.paragraph, letter))),
        "book.xlsx": book.getvalue(),
        "page.html": ("<html><body>" + "".join(f"<p>{line}</p>" for line in letter)).encode(),
        "mail.eml": mail.as_bytes(),
        "letter.txt": "\n".join(letter).encode("cp1252"),
        "invoice.xml": made.UBL.encode(),
    }
    for name, data in documents.items():
        (folder / name).write_bytes(data)


def rows(kinds: dict[str, list[Path]], seconds: float, repeat: int) -> Iterator[str]:
    readers = [name for name in READERS if name == "ours" or find_spec(name)]
    yield f"{'kind':14}{'files':>6}  {'reader':12}{'docs/s':>10}{'peak MB':>9}{'characters':>12}{'failed':>8}"
    for kind, paths in kinds.items():
        turns = [
            {name: measured_apart(name, seconds, paths) for name in readers} for _ in range(repeat)
        ]
        for name in readers:
            rate, peak = (median(turn[name][key] for turn in turns) for key in ("rate", "peak_mb"))
            last = turns[-1][name]
            yield (
                f"{kind:14}{len(paths):>6}  {name:12}{rate:>10.1f}{peak:>9.0f}"
                f"{last['characters']:>12}{last['failed']:>8}"
            )
    if "markitdown" not in readers:
        yield "markitdown is not installed here: pip install 'markitdown[pdf,docx,xlsx,outlook]'"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=3.0, help="of reading, a turn")
    parser.add_argument("--repeat", type=int, default=3, help="turns of each reader")
    parser.add_argument("--child", choices=READERS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(measure(given.child, given.seconds, given.paths)))
        return
    with tempfile.TemporaryDirectory() as folder:
        if not given.paths:
            make(Path(folder))
        for row in rows(by_kind(given.paths or [Path(folder)]), given.seconds, given.repeat):
            print(row, flush=True)


if __name__ == "__main__":
    main()
