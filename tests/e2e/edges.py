"""Where flexorchd changes what outlives it, as its source says: transactions, renames, syncs, requests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.crash import CALLS

SOURCE = Path(__file__).parents[2] / "flexorchd"
ELSEWHERE = (
    "engine/",
    "engine_process",
    "client/",
    "web/",
    "webhook/",
    "cli/",
    "checks/",
)
"""The engine has a matrix of its own; the others change nothing that a restart would have to go on with."""


RANDOM = "  at random"
"""Behind an edge of the list that no scene passes: only the kills at random under load may meet it."""


def listed() -> dict[str, bool]:
    """The edges that are known, and whether some scene passes them."""
    lines = Path(__file__).with_name("edges.txt").read_text().splitlines()
    return {line.removesuffix(RANDOM): not line.endswith(RANDOM) for line in lines}


def edges() -> Iterator[str]:
    """``module:function`` of each function of the daemon with such a call in it."""
    for file in sorted(SOURCE.rglob("*.py")):
        module = str(file.relative_to(SOURCE).with_suffix(""))
        if not module.startswith(ELSEWHERE):
            yield from sorted(
                {f"{module}:{name}" for name in _functions(ast.parse(file.read_text()))}
            )


def _functions(node: ast.AST, inside: str = "") -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef)
        name = child.name if is_function else inside
        if isinstance(child, ast.Call) and _is_edge(child):
            yield name
        yield from _functions(child, name)


def _is_edge(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    what, of = call.func.attr, ast.unparse(call.func.value)
    writes = what == "write" and not (call.args or call.keywords)
    moves = what in CALLS and (what != "replace" or (len(call.args) == 1 and not call.keywords))
    sends = "client" in of and "." in of and what != "using"
    return writes or moves or sends
