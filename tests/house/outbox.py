"""The output as a person reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Outbox:
    """Results, failures and datasets below an output folder."""

    def __init__(self, output: Path) -> None:
        self.output = output

    def result(self, path: str, watch: str = "in") -> dict[str, Any] | None:
        """The result of a file, or None."""
        return self.document("results", path, watch)

    def failure(self, path: str, watch: str = "in") -> dict[str, Any] | None:
        """The failure document of a file, or None."""
        return self.document("failed", path, watch)

    def document(self, folder: str, path: str, watch: str) -> dict[str, Any] | None:
        file = self.output / folder / watch / f"{path}.json"
        return json.loads(file.read_bytes()) if file.exists() else None

    def results(self, watch: str = "in") -> dict[str, dict[str, Any]]:
        """Every result of a watch, by the file's path."""
        return self._all("results", watch)

    def failures(self, watch: str = "in") -> dict[str, dict[str, Any]]:
        return self._all("failed", watch)

    def _all(self, folder: str, watch: str) -> dict[str, dict[str, Any]]:
        root = self.output / folder / watch
        found = [json.loads(path.read_bytes()) for path in sorted(root.rglob("*.json"))]
        return {document["file"]["path"]: document for document in found}

    def temporaries(self) -> list[Path]:
        """What should never be seen after a start: half-written things."""
        return [path for path in self.output.rglob(".flexorchd-*") if path.name.endswith(".tmp")]

    def datasets(self, export: str) -> list[Path]:
        """The published folders of an export, the oldest first."""
        folder = self.output / "datasets" / export
        return sorted(p for p in folder.glob("*") if p.is_dir() and not p.is_symlink())

    @staticmethod
    def manifest(folder: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        return found

    @staticmethod
    def rows(folder: Path, export: str) -> list[dict[str, Any]]:
        lines = (folder / f"{export}.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]
