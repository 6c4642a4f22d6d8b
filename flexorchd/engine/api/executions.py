"""Executions: the results of completed jobs."""

from __future__ import annotations

from flexorchd.engine.api.envelope import Answer, not_found
from flexorchd.engine.api.operation import Operation
from flexorchd.engine.api.views import execution_view
from flexorchd.engine.service import Engine


def routes(engine: Engine) -> list[Operation]:
    """The operations of this resource."""
    return [Operation("GET", "/executions/{execution_id}", _Executions(engine).get)]


class _Executions:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, execution_id: int) -> Answer:
        """Show a result: its records and its whole text, masked where masking was asked for."""
        executions = self._engine.store.executions
        execution = executions.get(execution_id)
        if execution is None:
            raise not_found("execution", execution_id)
        dataset = self._engine.datasets.newest_of(execution_id)
        records = list(executions.records(execution_id))
        return Answer(execution_view(execution, records, executions.text(execution_id), dataset))
