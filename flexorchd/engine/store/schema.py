"""The tables, and the one sequence that every id comes from."""

from __future__ import annotations

import secrets
import sqlite3
import uuid
from datetime import datetime

from flexorchd.engine.store.moments import text_of

_FIRST_SCHEMA = """
CREATE TABLE store (
  id TEXT NOT NULL, mask_key BLOB NOT NULL, created_at TEXT NOT NULL, next_id INTEGER NOT NULL
) STRICT;

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  filename TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('upload', 'connector')),
  created_at TEXT NOT NULL,
  received_at TEXT NOT NULL,
  has_original INTEGER NOT NULL CHECK (has_original IN (0, 1))
) STRICT;
CREATE INDEX documents_by_content ON documents (sha256);
CREATE INDEX documents_with_original ON documents (received_at) WHERE has_original = 1;

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL CHECK (type IN ('data_process', 'dataset_build')),
  status TEXT NOT NULL CHECK (status IN ('queued', 'completed', 'failed')),
  document_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
  identity TEXT,
  locale TEXT, mask_pii INTEGER, mask_strategy TEXT, document_type TEXT,
  created_at TEXT NOT NULL, started_at TEXT, completed_at TEXT,
  failure_code TEXT, failure_message TEXT, failure_remedy TEXT, failure_step TEXT,
  dataset_summary TEXT,
  CHECK ((type = 'data_process') = (document_id IS NOT NULL)),
  CHECK ((status = 'failed') = (failure_code IS NOT NULL))
) STRICT;
CREATE INDEX jobs_by_identity ON jobs (identity, id) WHERE identity IS NOT NULL;
CREATE INDEX jobs_of_document ON jobs (document_id, id);
CREATE INDEX jobs_queued ON jobs (id) WHERE status = 'queued';
CREATE INDEX jobs_by_day ON jobs (completed_at) WHERE status = 'completed';

CREATE TABLE executions (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  document_type TEXT NOT NULL,
  language TEXT NOT NULL,
  grade TEXT NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D')),
  score REAL NOT NULL,
  field_fill_rate REAL,
  row_count INTEGER NOT NULL,
  pii_findings_count INTEGER NOT NULL,
  masked_record_count INTEGER NOT NULL,
  privacy_applied INTEGER NOT NULL CHECK (privacy_applied IN (0, 1)),
  detail BLOB NOT NULL
) STRICT;
CREATE INDEX executions_of_document ON executions (document_id, id);
CREATE INDEX executions_by_day ON executions (created_at);

CREATE TABLE records (
  execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (execution_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE texts (
  execution_id INTEGER PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE feedback (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
  rating TEXT NOT NULL, issue TEXT, notes TEXT, created_at TEXT NOT NULL
) STRICT;

CREATE TABLE credits (day TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL, events TEXT NOT NULL, secret TEXT NOT NULL, auto_export TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  webhook_id INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  body BLOB NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (not_before);

CREATE TABLE connectors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, type TEXT NOT NULL, config TEXT NOT NULL,
  created_at TEXT NOT NULL, last_tested_at TEXT, last_used_at TEXT
) STRICT;

CREATE TABLE schedules (
  id INTEGER PRIMARY KEY,
  connector_id INTEGER NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
  cron_expression TEXT NOT NULL, prefix_filter TEXT, name TEXT,
  created_at TEXT NOT NULL, last_run_at TEXT, next_run_at TEXT NOT NULL
) STRICT;

CREATE TABLE sync_logs (
  id INTEGER PRIMARY KEY,
  schedule_id INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  started_at TEXT NOT NULL, completed_at TEXT,
  files_found INTEGER NOT NULL DEFAULT 0, files_new INTEGER NOT NULL DEFAULT 0,
  files_skipped INTEGER NOT NULL DEFAULT 0, files_failed INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  error_message TEXT
) STRICT;
CREATE INDEX sync_logs_of_schedule ON sync_logs (schedule_id, id);

CREATE TABLE synced_files (
  connector_id INTEGER NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
  key TEXT NOT NULL, version TEXT NOT NULL,
  PRIMARY KEY (connector_id, key)
) STRICT, WITHOUT ROWID;
"""

SCHEMAS = (_FIRST_SCHEMA,)
"""What makes each version out of the one before it; a version that was released is never edited."""


def outdated(database: sqlite3.Connection) -> int | None:
    """The version that has written the file, if it is an older one.

    Raises:
        RuntimeError: it is a newer one.
    """
    version = _version(database)
    return version if 0 < version < len(SCHEMAS) else None


def _version(database: sqlite3.Connection) -> int:
    """The version of a file's tables; 0 has none yet.

    Raises:
        RuntimeError: the file was written by a newer version.
    """
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > len(SCHEMAS):
        raise RuntimeError(
            f"The engine's data were written by a newer version (schema {version}, this is"
            f" {len(SCHEMAS)}). Update flexorchd, or give it another data directory."
        )
    return version


def prepare(database: sqlite3.Connection, now: datetime) -> None:
    """Bring a file's tables up to date, from whatever version; a new file gets its name and its key.

    Args:
        database: a connection inside a transaction.
        now: UTC. A new store starts its ids at this moment in milliseconds, so that the ids of
            two stores never meet.

    Raises:
        RuntimeError: the file was written by a newer version.
    """
    version = _version(database)
    for schema in SCHEMAS[version:]:
        for statement in schema.split(";\n"):
            database.execute(statement)
    if version == 0:
        database.execute(
            "INSERT INTO store VALUES (?, ?, ?, ?)",
            (uuid.uuid4().hex, secrets.token_bytes(32), text_of(now), int(now.timestamp() * 1000)),
        )
    database.execute(f"PRAGMA user_version = {len(SCHEMAS)}")


def next_id(database: sqlite3.Connection) -> int:
    """A new id, never used before, even by what has been erased.

    Jobs, documents, executions and datasets draw on this one sequence, so that none of them is
    ever taken for another.
    """
    row = database.execute("UPDATE store SET next_id = next_id + 1 RETURNING next_id - 1")
    return int(row.fetchone()[0])
