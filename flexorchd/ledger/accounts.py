"""Accounts, the settings that documents are sent with, and what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from flexorchd.ledger.connection import Database
from flexorchd.rules.plan import Plan, plan_of

ENGINE_URL = "engine"
"""What stands for a base URL where documents are processed on this machine."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Where documents go, and whether that is paused.

    `probes` counts the probes since a document was taken last; `credits_*` are what the service said last,
    `spent_since_usage` the documents that it has taken since.
    """

    id: int
    mode: Literal["hosted", "embedded"]
    base_url: str
    fingerprint: str
    hint: str
    pause_code: str | None
    pause_message: str | None
    paused_at: float | None
    probe_at: float | None
    probes: int
    plan: str | None
    credits_used: int | None
    credits_limit: int | None
    credits_left: int | None
    usage_at: float | None
    spent_since_usage: int

    @property
    def name(self) -> str:
        """The account as results carry it: base URL and fingerprint, or the engine store's id."""
        return f"{self.base_url}#{self.fingerprint}" if self.mode == "hosted" else self.fingerprint

    @property
    def takes(self) -> Plan:
        """Which documents the account's plan takes, as far as it is known."""
        return plan_of(self.mode, self.plan)

    @property
    def known_to_take(self) -> Plan | None:
        """The same; None before a service has told its plan for the first time."""
        return self.takes if self.mode == "embedded" or self.usage_at is not None else None

    @property
    def credits_now(self) -> int | None:
        """Credits left, as far as can be told without asking; None is unlimited, or not known yet."""
        if self.credits_left is None:
            return None
        return max(0, self.credits_left - self.spent_since_usage)


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """What is sent with a document."""

    locale: str
    mask_pii: bool
    mask_strategy: str
    document_type: str


class Accounts:
    """The `accounts`, `settings` and `spending` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, mode: str, base_url: str, fingerprint: str, hint: str, now: float) -> int:
        """The id of an account, made when new."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO accounts (mode, base_url, fingerprint, hint, first_used_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (base_url, fingerprint) DO UPDATE SET hint = ?",
                (mode, base_url, fingerprint, hint, now, hint),
            )
            row = db.execute(
                "SELECT id FROM accounts WHERE base_url = ? AND fingerprint = ?",
                (base_url, fingerprint),
            ).fetchone()
            return int(row["id"])

    def get(self, account_id: int) -> AccountRow:
        """One account."""
        return self._row("WHERE id = ?", account_id)[0]

    def all(self) -> list[AccountRow]:
        """Every account that this state directory has met, the first one first."""
        return self._row("ORDER BY id")

    def _row(self, where: str, *parameters: object) -> list[AccountRow]:
        rows = self._db.read.execute(
            "SELECT id, mode, base_url, fingerprint, hint, pause_code, pause_message, paused_at, "
            "probe_at, probes, plan, credits_used, credits_limit, credits_left, usage_at, spent_since_usage "
            f"FROM accounts {where}",
            parameters,
        )
        return [AccountRow(*row) for row in rows]

    def pause(self, account_id: int, code: str, message: str, now: float, probe_at: float) -> None:
        """Nothing is sent with this account until a probe finds it well."""
        with self._db.write() as db:
            db.execute(
                "UPDATE accounts SET paused_at = CASE WHEN pause_code IS ? THEN paused_at ELSE ? END, "
                "pause_code = ?, pause_message = ?, probe_at = ? WHERE id = ?",
                (code, now, code, message, probe_at, account_id),
            )

    def probed(self, account_id: int, probe_at: float) -> None:
        """A probe found it as it was; the next one is due then."""
        with self._db.write() as db:
            db.execute(
                "UPDATE accounts SET probes = probes + 1, probe_at = ? WHERE id = ?",
                (probe_at, account_id),
            )

    def probe_at(self, account_id: int, moment: float) -> None:
        """Ask then whether it is well again."""
        with self._db.write() as db:
            db.execute("UPDATE accounts SET probe_at = ? WHERE id = ?", (moment, account_id))

    def resume(self, account_id: int) -> None:
        """The account is well again, as far as a probe can tell."""
        with self._db.write() as db:
            db.execute(
                "UPDATE accounts SET pause_code = NULL, pause_message = NULL, paused_at = NULL, "
                "probe_at = NULL, probes = probes + 1 WHERE id = ?",
                (account_id,),
            )

    def proven(self, account_id: int) -> None:
        """The account takes documents again: the next pause begins with a short one."""
        with self._db.write() as db:
            db.execute("UPDATE accounts SET probes = 0 WHERE id = ?", (account_id,))

    def usage(
        self,
        account_id: int,
        plan: str | None,
        used: int | None,
        limit: int | None,
        left: int | None,
        now: float,
    ) -> None:
        """What the service says of plan and credits; a None limit is unlimited."""
        with self._db.write() as db:
            db.execute(
                "UPDATE accounts SET plan = ?, credits_used = ?, credits_limit = ?, credits_left = ?, "
                "usage_at = ?, spent_since_usage = 0 WHERE id = ?",
                (plan, used, limit, left, now, account_id),
            )

    def spent_today(self, account_id: int, now: float) -> int:
        """Documents accepted since midnight (UTC)."""
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        row = self._db.read.execute(
            "SELECT documents FROM spending WHERE account_id = ? AND day = ?", (account_id, day)
        ).fetchone()
        return int(row["documents"]) if row else 0

    def settings_id(self, settings: SettingsRow) -> int:
        """The id of a set of settings, made when new."""
        values = (
            settings.locale,
            int(settings.mask_pii),
            settings.mask_strategy,
            settings.document_type,
        )
        with self._db.write() as db:
            db.execute(
                "INSERT INTO settings (locale, mask_pii, mask_strategy, document_type) "
                "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                values,
            )
            row = db.execute(
                "SELECT id FROM settings WHERE locale = ? AND mask_pii = ? AND mask_strategy = ? "
                "AND document_type = ?",
                values,
            ).fetchone()
            return int(row["id"])

    def settings(self, settings_id: int) -> SettingsRow:
        """One set of settings."""
        row = self._db.read.execute(
            "SELECT locale, mask_pii, mask_strategy, document_type FROM settings WHERE id = ?",
            (settings_id,),
        ).fetchone()
        return SettingsRow(row[0], bool(row[1]), row[2], row[3])
