"""When things are due, as a whole: what to do with it when the clock was set."""

from __future__ import annotations

from flexorchd.ledger.connection import Database

DAY = 86_400.0
LONGEST_PAUSE = 2 * 3600.0
"""No pause is longer than an hour and a quarter; what is due later than this was put off by another clock."""

_DUE = (
    ("documents", "due_at"),
    ("versions", "due_at"),
    ("hooks", "due_at"),
    ("export_runs", "due_at"),
    ("accounts", "probe_at"),
)


class Timetable:
    """The times at which documents, deliveries, commands, exports and probes are due."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def set_back(self, seconds: float, now: float) -> None:
        """The clock was set back by so much: nothing waits longer for it.

        What was put off since then comes a little early, which does no harm; nor does a clock that is set
        forward.
        """
        with self._db.write() as db:
            for table, column in _DUE:
                db.execute(
                    f"UPDATE {table} SET {column} = max(:now, {column} - :by) WHERE {column} > :now",
                    {"by": seconds, "now": now},
                )

    def bring_back(self, now: float) -> None:
        """What is due later than any pause lasts is due now: the clock was set back between two runs."""
        with self._db.write() as db:
            for table, column in _DUE:
                held = table == "documents"
                db.execute(
                    f"UPDATE {table} SET {column} = :now WHERE {column} > :now + "
                    + (
                        "CASE WHEN hold_code IS NULL THEN :pause ELSE :day END"
                        if held
                        else ":pause"
                    ),
                    {"now": now, "pause": LONGEST_PAUSE, "day": DAY},
                )
            at = {"now": now}
            db.execute("UPDATE exports SET last_slot_at = :now WHERE last_slot_at > :now", at)
            db.execute("UPDATE exports SET first_seen_at = :now WHERE first_seen_at > :now", at)
