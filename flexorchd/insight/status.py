"""Is it all right, and if not, what do I do: one picture of the whole, from the ledger alone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flexorchd.clock import iso, utc
from flexorchd.config import Config, recall
from flexorchd.filesystem.patience import within
from flexorchd.insight.troubles import Failures, Trouble, failures, troubles
from flexorchd.ledger.exports import Run
from flexorchd.ledger.figures import Figures
from flexorchd.ledger.ledger import Ledger
from flexorchd.ledger.watches import WatchRow
from flexorchd.rules import pace, schedule
from flexorchd.rules.naming import display
from flexorchd.rules.states import SHOWN_STATES
from flexorchd.state import LEDGER

ANSWER_SECONDS = 1.0
"""What a disk gets to tell its room; one that hangs must not keep anybody from the status."""


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """One watch."""

    name: str
    folder: str
    active: bool
    mode: str | None
    mode_reason: str | None
    hold_code: str | None
    hold_message: str | None
    last_scan_at: str | None
    missed_by_events: int
    files: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """One export: its last run and its next."""

    name: str
    schedule: str | None
    timezone: str
    last_state: str | None
    last_at: str | None
    last_records: int | None
    last_error: str | None
    next_at: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole. Times are ISO 8601 in UTC, sizes bytes."""

    ok: bool
    running: bool
    version: str
    where: str
    account: Mapping[str, Any]
    states: Mapping[str, int]
    oldest_waiting_at: str | None
    watches: list[WatchStatus]
    exports: list[ExportStatus]
    troubles: list[Trouble]
    failures: Sequence[Failures]
    output: Mapping[str, Any]
    state: Mapping[str, Any]
    page: str | None

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


def snapshot(ledger: Ledger, state_dir: Path, now: float, *, running: bool, version: str) -> Status:
    """The picture at this moment.

    Args:
        ledger: to read from.
        state_dir: where it is.
        now: seconds since the epoch.
        running: whether a daemon holds the lock.
        version: of this program.
    """
    run = ledger.memory.get("run") or {}
    config = recall(run["config"]) if run else None
    counts = ledger.search.counts()
    watches = [_watch(row, counts.get(row.name, {})) for row in ledger.watches.all()]
    account = _account(ledger, now)
    failed = sum(watch.get("failed", 0) for watch in counts.values())
    found = list(troubles(ledger, account, failed, running=running))
    output = Path(ledger.memory.get("output") or "/")
    return Status(
        ok=not found,
        running=running,
        version=version,
        where=_where(ledger),
        account=account,
        states={
            state: sum(watch.get(state, 0) for watch in counts.values()) for state in SHOWN_STATES
        },
        oldest_waiting_at=iso(ledger.search.oldest_waiting()),
        watches=watches,
        exports=_exports(ledger, config, now),
        troubles=found,
        failures=failures(ledger) if failed else [],
        output={"path": str(output), "free": _free(output)},
        state={"path": str(state_dir), "free": _free(state_dir), "ledger": _size(ledger)},
        page=_page(ledger, state_dir) if running else None,
    )


def _watch(row: WatchRow, counts: Mapping[str, int]) -> WatchStatus:
    return WatchStatus(
        name=row.name,
        folder=display(row.root),
        active=row.active,
        mode=row.mode,
        mode_reason=row.mode_reason,
        hold_code=row.hold_code,
        hold_message=row.hold_message,
        last_scan_at=iso(row.scanned_at),
        missed_by_events=row.found_by_scan,
        files=dict(counts),
    )


def _where(ledger: Ledger) -> str:
    account_id = ledger.memory.get("account")
    if account_id is None:
        return "nowhere yet"
    account = ledger.accounts.get(account_id)
    if account.mode == "embedded":
        return "processed on this machine"
    host = account.base_url.partition("://")[2].partition("/")[0]
    return f"sent to {host} as workspace key {account.hint}"


def _account(ledger: Ledger, now: float) -> dict[str, Any]:
    account_id = ledger.memory.get("account")
    if account_id is None:
        return {}
    row = ledger.accounts.get(account_id)
    return {
        "mode": row.mode,
        "base_url": row.base_url,
        "plan": row.plan,
        "credits_used": row.credits_used,
        "credits_limit": row.credits_limit,
        "credits_left": row.credits_now,
        "credits_until": iso(pace.used_up_at(row.credits_now, daily_pace(ledger, now), now)),
        "paused": row.pause_code,
        "paused_since": iso(row.paused_at),
        "next_probe_at": iso(row.probe_at),
        "away": ledger.memory.get("away"),
        "away_code": ledger.memory.get("away_code") if ledger.memory.get("away") else None,
    }


def daily_pace(ledger: Ledger, now: float) -> float | None:
    """Documents sent a day of late, or None where none were."""
    account_id = ledger.memory.get("account")
    if account_id is None:
        return None
    since = utc(now).date() - timedelta(pace.PACE_DAYS)
    return pace.per_day(Figures(ledger.database).spent_by_day(account_id, since), utc(now))


def _exports(ledger: Ledger, config: Config | None, now: float) -> list[ExportStatus]:
    if config is None:
        return []
    found = []
    for export in config.exports:
        runs = ledger.exports.runs(export.name, 1)
        last: Run | None = runs[0] if runs else None
        upcoming = (
            schedule.next_slot(export.schedule, export.timezone, utc(now)).timestamp()
            if export.schedule
            else None
        )
        found.append(
            ExportStatus(
                name=export.name,
                schedule=export.schedule,
                timezone=export.timezone,
                last_state=last.state if last else None,
                last_at=iso(last.finished_at or last.started_at) if last else None,
                last_records=last.records if last else None,
                last_error=last.error_message if last else None,
                next_at=iso(upcoming),
            )
        )
    return found


def _free(path: Path) -> int | None:
    try:
        return within(ANSWER_SECONDS, lambda: shutil.disk_usage(path).free)
    except OSError:
        return None


def _size(ledger: Ledger) -> int:
    files = (ledger.database.path, ledger.database.path.with_name(f"{LEDGER}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _page(ledger: Ledger, state_dir: Path) -> str | None:
    address, token = ledger.memory.get("page"), state_dir / "web.token"
    if address is None or not token.exists():
        return None
    return f"{address}/?token={token.read_text().strip()}"
