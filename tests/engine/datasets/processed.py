"""Documents as the engine's runner leaves them in the store."""

import hashlib
import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from flexorchd.engine.model import Classification, Fields, Outcome, Quality, Settings
from flexorchd.engine.store import Store, executions
from flexorchd.engine.store.jobs import Upload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

INVOICE = Outcome(
    content_kind="txt",
    text="Invoice RE-1 of [MASKED_NAME], payable by bank transfer.",
    language="de",
    classification=Classification("invoice", "keywords", 0.9),
    fields=Fields(
        values={},
        records=(
            {
                "document_no": "RE-1",
                "total_amount": Decimal("119.00"),
                "line_items": [{"description": "Schraube", "total": Decimal("119.00")}],
            },
        ),
    ),
    pii_types={"email": 2, "phone_de": 1},
    masked_record_count=1,
    privacy_applied=True,
    quality=Quality(91.5, "A", 1.0, 0.0, None),
)
NOTE = replace(
    INVOICE,
    text="Besprechung über das Gebäude.",
    classification=Classification("general", "keywords", 0.4),
    fields=Fields(values={}, records=({"text": "Besprechung über das Gebäude."},)),
    pii_types={},
    masked_record_count=0,
    privacy_applied=False,
    quality=Quality(50.0, "C", None, 0.0, None),
)
DEGRADED = replace(INVOICE, fields=Fields(values={}), masked_record_count=0)


def wait_until(condition, seconds=10.0):
    """Return once the condition holds; fail when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)


class Documents:
    """Processed documents in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._numbers = itertools.count()

    def add(self, outcome: Outcome = INVOICE) -> int:
        """One more; its execution's id."""
        return self.add_all([outcome])[0]

    def add_all(self, outcomes) -> list[int]:
        """Several more, in one transaction each of two."""
        uploads = [
            Upload(
                f"file{number}.txt", hashlib.sha256(str(number).encode()).hexdigest(), 1, Settings()
            )
            for _, number in zip(outcomes, self._numbers, strict=False)
        ]
        accepted = self.store.jobs.accept(uploads, NOW)

        def keep(database):
            return [
                executions.keep(database, job.job_id, outcome, NOW, NOW)
                for job, outcome in zip(accepted, outcomes, strict=True)
            ]

        return self.store.connection.write(keep)

    def execution(self, execution_id: int):
        return self.store.executions.get(execution_id)
