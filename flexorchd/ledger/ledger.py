"""The ledger as a whole: opened, migrated, and its tables by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from flexorchd.ledger.accounts import Accounts
from flexorchd.ledger.compatibility import NewerSchemaError, OlderSchemaError
from flexorchd.ledger.connection import Database
from flexorchd.ledger.documents import Documents
from flexorchd.ledger.exports import Exports
from flexorchd.ledger.files import Files
from flexorchd.ledger.forgetting import Forgetting
from flexorchd.ledger.hooks import Hooks
from flexorchd.ledger.jobs import Jobs
from flexorchd.ledger.journeys import Journeys
from flexorchd.ledger.progress import ProgressView
from flexorchd.ledger.pulls import Pulls
from flexorchd.ledger.requests import Memory, Requests
from flexorchd.ledger.schema import known_migrations, migrations
from flexorchd.ledger.search import Search
from flexorchd.ledger.timetable import Timetable
from flexorchd.ledger.uploads import Uploads
from flexorchd.ledger.versions import Versions
from flexorchd.ledger.watches import Watches


class Ledger:
    """All that the daemon knows, in one file.

    Args:
        path: the SQLite file.
        readonly: look only; the file must exist and is not migrated.
        before_upgrade: called with the name of the first change before an older file is migrated, to keep a
            copy of it; without one an older file is not written at all.

    Raises:
        NewerSchemaError: a newer version has migrated this file.
        OlderSchemaError: an older version has written it, and it is not to be migrated.
        sqlite3.DatabaseError: the file is damaged or no database.
    """

    def __init__(
        self,
        path: Path,
        *,
        readonly: bool = False,
        before_upgrade: Callable[[str], None] | None = None,
    ) -> None:
        self.database = Database(path, readonly=readonly)
        try:
            applied = self._applied()
            if not readonly:
                self._migrate(applied, before_upgrade)
        except BaseException:
            self.database.close()
            raise
        self.watches = Watches(self.database)
        self.files = Files(self.database)
        self.documents = Documents(self.database)
        self.uploads = Uploads(self.database)
        self.jobs = Jobs(self.database)
        self.versions = Versions(self.database)
        self.accounts = Accounts(self.database)
        self.exports = Exports(self.database)
        self.requests = Requests(self.database)
        self.memory = Memory(self.database)
        self.timetable = Timetable(self.database)
        self.hooks = Hooks(self.database)
        self.pulls = Pulls(self.database)
        self.forgetting = Forgetting(self.database)
        self.search = Search(self.database)
        self.progress = ProgressView(self.database)
        self.journeys = Journeys(self.database)

    def _applied(self) -> list[str]:
        """The changes that the file has seen; none of them is unknown."""
        if not self.database.path.stat().st_size:
            return []
        applied = [m.name for m in migrations.applied(SqliteUtils(self.database.read))]
        known = known_migrations()
        if unknown := [name for name in applied if name not in known]:
            raise NewerSchemaError(
                f"{self.database.path} was written by a newer flexorchd (it has the change "
                f"“{unknown[0]}”). Install that version again, or start with another state directory."
            )
        return applied

    def _migrate(self, applied: list[str], before_upgrade: Callable[[str], None] | None) -> None:
        db = SqliteUtils(self.database.writer)
        pending = [migration.name for migration in migrations.pending(db)]
        if applied and pending:
            if before_upgrade is None:
                raise OlderSchemaError(
                    f"{self.database.path} was written by an older flexorchd. Start the daemon again: "
                    "it keeps a copy and brings the ledger up to date."
                )
            before_upgrade(pending[0])
        if pending:
            # All changes or none: what is ended in between finds the old ledger whole.
            with db.atomic():
                migrations.apply(db)

    def close(self) -> None:
        """Close the file."""
        self.database.close()
