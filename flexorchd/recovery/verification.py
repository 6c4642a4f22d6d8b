"""Are all delivered results and published datasets still there and whole, and does the ledger agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flexorchd.exports.publish import MANIFEST
from flexorchd.formats import exact
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import Output
from flexorchd.rules.naming import display

BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was delivered.

    Attributes:
        path: below the output, for people.
        what: ``missing``, ``changed`` or ``unreadable``.
    """

    path: str
    what: str


@dataclass(slots=True)
class Verification:
    """Looks through the output.

    Attributes:
        results, datasets: how many were looked at.
    """

    ledger: Ledger
    output: Output
    results: int = 0
    datasets: int = 0

    def damages(self) -> Iterator[Damage]:
        """Everything that is not whole."""
        for path, sha256 in self.ledger.versions.outputs():
            self.results += 1
            data = self.output.read(path)
            if data is None:
                yield Damage(display(path), "missing")
            elif hashlib.sha256(data).digest() != sha256:
                yield Damage(display(path), "changed")
        for run in self.ledger.exports.all_published():
            self.datasets += 1
            yield from _dataset(self.output.root, Path("datasets") / run.export / run.folder)


def _dataset(root: Path, folder: Path) -> Iterator[Damage]:
    try:
        manifest = exact.loads((root / folder / MANIFEST).read_bytes())
        files = [(file["name"], file["sha256"]) for file in manifest["files"]]
    except FileNotFoundError:
        yield Damage(str(folder), "missing")
        return
    except (ValueError, KeyError, TypeError):
        yield Damage(str(folder / MANIFEST), "unreadable")
        return
    for name, sha256 in files:
        path = root / folder / name
        if not path.is_file():
            yield Damage(str(folder / name), "missing")
        elif _sha256(path) != sha256:
            yield Damage(str(folder / name), "changed")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
