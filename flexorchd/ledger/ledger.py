"""The ledger as a whole: opened, migrated, and its tables by name."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from flexorchd.ledger.accounts import Accounts
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

FILE_NAME = "ledger.sqlite3"


class NewerSchemaError(Exception):
    """The ledger was written by a newer flexorchd."""


class Ledger:
    """All that the daemon knows, in one file.

    Args:
        path: the SQLite file.
        readonly: look only; the file must exist and is not migrated.

    Raises:
        NewerSchemaError: a newer version has migrated this file.
        sqlite3.DatabaseError: the file is damaged or no database.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.database = Database(path, readonly=readonly)
        try:
            self._check_version()
            if not readonly:
                self._migrate()
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

    def _check_version(self) -> None:
        if not self.database.path.stat().st_size:
            return
        db = SqliteUtils(self.database.read)
        known = known_migrations()
        unknown = [m.name for m in migrations.applied(db) if m.name not in known]
        if unknown:
            raise NewerSchemaError(
                f"{self.database.path} was written by a newer flexorchd (it has the change "
                f"“{unknown[0]}”). Install that version again, or start with another state directory."
            )

    def _migrate(self) -> None:
        migrations.apply(SqliteUtils(self.database.writer))

    def close(self) -> None:
        """Close the file."""
        self.database.close()
