"""The layout shows the architecture: imports run one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "flexorchd"

MAY_IMPORT: dict[str, frozenset[str]] = {
    "rules": frozenset(),
    "formats": frozenset(),
    "client": frozenset(),
    "errors": frozenset(),
    "clock": frozenset(),
    "log": frozenset(),
    "side_by_side": frozenset(),
    "filesystem": frozenset(),
    "engine": frozenset({"formats"}),
    "ledger": frozenset({"rules", "clock", "errors"}),
    "config": frozenset({"rules", "errors", "filesystem"}),
    "state": frozenset({"errors"}),
    "output": frozenset({"errors", "formats", "rules", "side_by_side", "filesystem"}),
    "watch": frozenset({"rules", "ledger", "clock", "errors", "filesystem"}),
}
"""Packages with a rule; those that are not here join the others and may know all."""

JOINERS = frozenset(
    {
        "daemon",
        "parts",
        "cli",
        "control",
        "once",
        "watch_set",
        "stages",
        "servers",
        "vital_signs",
        "__main__",
    }
)
"""Only these may know how the parts are put together; nobody else imports them."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(("flexorchd", *path.relative_to(ROOT).with_suffix("").parts))
        yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Modules of ours that a module imports at run time; imports for types alone are no dependency."""
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and getattr(block.test, "id", "") == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flexorchd"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("flexorchd"))


def package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "flexorchd"


EDGES = [(name, target) for name, tree in modules() for target in imported(tree)]


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_a_package_knows_only_what_it_may(name: str) -> None:
    allowed = MAY_IMPORT[name] | {name, "flexorchd"}
    wrong = [(a, b) for a, b in EDGES if package(a) == name and package(b) not in allowed]
    assert [edge for edge in wrong if edge[1] != "flexorchd.__version__"] == []


def test_nobody_imports_those_who_join_the_parts() -> None:
    wrong = [(a, b) for a, b in EDGES if package(b) in JOINERS and package(a) not in JOINERS]
    assert wrong == []


def test_there_are_no_cycles_between_modules() -> None:
    names = {name for name, _ in modules()}
    graph: dict[str, set[str]] = {name: set() for name in names}
    for source, target in EDGES:
        found = target if target in names else target.rpartition(".")[0]
        if found in names and found != source:
            graph[source].add(found)
    TopologicalSorter(graph).prepare()
