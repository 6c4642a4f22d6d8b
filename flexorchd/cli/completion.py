"""What the shell can complete beside commands and options: names that this flexorchd knows, and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from flexorchd.cli.target import Target
from flexorchd.errors import FlexorchdError
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _known(names: Callable[[Ledger], Iterable[str]]) -> Complete:
    """Completes with names out of the ledger; without one with nothing."""

    def complete(
        context: click.Context, parameter: click.Parameter, begun: str
    ) -> list[CompletionItem]:
        del parameter
        given = context.params
        try:
            target = Target.named(given.get("config_file"), given.get("state_dir"))
            with target.ledger() as ledger:
                return [CompletionItem(name) for name in names(ledger) if name.startswith(begun)]
        except (FlexorchdError, OSError):
            return []

    return complete


def file(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Completes with files, as the shell finds them."""
    del context, parameter
    return [CompletionItem(begun, type="file")]


watch = _known(lambda ledger: (row.name for row in ledger.watches.all()))
code = _known(lambda ledger: sorted({cause.code for cause in Figures(ledger.database).causes()}))
export = _known(lambda ledger: ledger.exports.names())
