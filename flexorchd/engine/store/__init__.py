"""The engine's memory: one SQLite file and a folder of uploaded bytes.

A method is a domain operation with its SQL inside it. Other parts of the engine that keep rows
of their own share `Store.connection`.
"""

from __future__ import annotations

from pathlib import Path

from flexorchd.engine.store.connection import Connection
from flexorchd.engine.store.connectors import Connectors
from flexorchd.engine.store.documents import Documents
from flexorchd.engine.store.executions import Executions
from flexorchd.engine.store.feedback import Feedback
from flexorchd.engine.store.jobs import Jobs
from flexorchd.engine.store.moments import now
from flexorchd.engine.store.originals import Originals
from flexorchd.engine.store.schedules import Schedules
from flexorchd.engine.store.schema import outdated, prepare
from flexorchd.engine.store.usage import Usage
from flexorchd.engine.store.webhooks import Webhooks


class Store:
    """Everything the engine keeps, below one folder (0700) of its own.

    Raises:
        RuntimeError: a newer version has written it.

    Attributes:
        id: names this store; what was processed by another has another.
        mask_key: the secret key of the ``hash`` mask strategy, made with the store.
        created_at: when the store was made, ISO 8601.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        path = folder / "engine.sqlite"
        path.touch(mode=0o600)
        self.connection = Connection(path)
        try:
            self._keep_before_upgrade()
            self.connection.write(lambda database: prepare(database, now()))
        except RuntimeError:
            self.close()
            raise
        with self.connection.read() as database:
            row = database.execute("SELECT * FROM store").fetchone()
        self.id: str = row["id"]
        self.mask_key: bytes = row["mask_key"]
        self.created_at: str = row["created_at"]
        self.originals = Originals(folder / "originals")
        self.documents = Documents(self.connection, self.originals)
        self.jobs = Jobs(self.connection)
        self.executions = Executions(self.connection)
        self.usage = Usage(self.connection)
        self.feedback = Feedback(self.connection)
        self.webhooks = Webhooks(self.connection)
        self.connectors = Connectors(self.connection)
        self.schedules = Schedules(self.connection)

    def _keep_before_upgrade(self) -> None:
        """A copy of an older file, for a person who wants to go back."""
        with self.connection.read() as database:
            version = outdated(database)
        if version is not None:
            self.connection.keep_copy(version)

    def close(self) -> None:
        """Finish the writes that were handed in, and close the file."""
        self.connection.close()
