"""`client.executions`: the runs of the pipeline."""

from __future__ import annotations

from flexorchd.client.driver import Driver
from flexorchd.client.models import Execution
from flexorchd.client.operations import executions


class Executions:
    """Knows the runs of the pipeline over documents."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def get(self, execution_id: str) -> Execution:
        """One run, with type, language, quality, records and, where given, the masked text.

        Raises:
            NotFoundError: there is no such execution.
        """
        return self._driver.run(executions.get(execution_id))
