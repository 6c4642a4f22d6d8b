"""Whether the output answers: a stage that waits for a dead mount cannot say so itself."""

from __future__ import annotations

from contextlib import suppress

import structlog

from flexorchd.clock import Clock
from flexorchd.filesystem.patience import within
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import Output, OutputMissingError
from flexorchd.rules import retry

log = structlog.get_logger()

LOOK_EVERY = 10.0
SILENT_SECONDS = 30.0
"""After so long without an answer the output is held; a disk that has to wake up takes up to fifteen."""
OUTPUT_SILENT = "OUTPUT_SILENT"


class OutputWatch:
    """Looks at the output now and then, and shows when it does not answer.

    Args:
        ledger: where a hold is shown.
        output: what is looked at.
        clock: the time.

    Attributes:
        silent: whether it does not answer at present.
    """

    name = "output"

    def __init__(self, ledger: Ledger, output: Output, clock: Clock) -> None:
        self.silent = False
        self._ledger = ledger
        self._output = output
        self._clock = clock

    def step(self) -> float | None:
        """See `flexorchd.pipeline.stage.Stage.step`."""
        answered = self._answers()
        if answered and self.silent:
            self.silent = False
            self._ledger.memory.set("output_hold", None)
            log.info("output.released", code=OUTPUT_SILENT)
        elif not answered and not self.silent:
            self.silent = True
            self._hold()
        return LOOK_EVERY

    def _answers(self) -> bool:
        # What else is the matter with it, whoever writes there finds out.
        with suppress(OutputMissingError, OSError):
            try:
                within(SILENT_SECONDS, self._output.check)
            except TimeoutError:
                return False
        return True

    def _hold(self) -> None:
        message = f"{self._output.root} has not answered for {SILENT_SECONDS:.0f} s."
        log.error(
            "output.held",
            code=OUTPUT_SILENT,
            reason=message,
            remedy=retry.remedy(OUTPUT_SILENT),
        )
        hold = {"code": OUTPUT_SILENT, "message": message, "since": self._clock.now()}
        self._ledger.memory.set("output_hold", hold)
