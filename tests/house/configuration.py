"""Configuration files for tests: tables as keywords, written as TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Table = Mapping[str, Any]


def write(
    file: Path,
    *,
    state_dir: Path,
    watches: Sequence[Table],
    exports: Sequence[Table] = (),
    routes: Sequence[Table] = (),
    **tables: Table,
) -> Path:
    """Write a configuration; the folders of watches are made."""
    lines = [f"state_dir = {_value(state_dir)}"]
    for name, table in tables.items():
        lines += [f"[{name}]", *_keys(table)]
    for name, rows in (("watch", watches), ("export", exports), ("route", routes)):
        for row in rows:
            lines += [f"[[{name}]]", *_keys(row)]
    for watch in watches:
        Path(watch["path"]).mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n")
    return file


def _keys(table: Table) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    return json.dumps(str(value) if isinstance(value, Path) else value)
