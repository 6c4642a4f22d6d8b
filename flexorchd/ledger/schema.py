"""The ledger's tables, version by version. sqlite-utils applies what is missing, each in a transaction.

Times are seconds since the epoch (UTC); paths and names are the file system's own bytes. A file's key is
(directory, name), so that one range read serves a directory's scan and not its descendants'.
"""

from __future__ import annotations

from sqlite_utils import Database as SqliteUtils
from sqlite_utils.migrations import Migrations

from flexorchd.ledger.indexes import APART_VERSION, changed_at
from flexorchd.ledger.views import make_views

migrations = Migrations("flexorchd-ledger")

FIRST_SCHEMA = """
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  mode TEXT NOT NULL CHECK (mode IN ('hosted', 'embedded')),
  base_url TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  hint TEXT NOT NULL,
  first_used_at REAL NOT NULL,
  pause_code TEXT,
  pause_message TEXT,
  paused_at REAL,
  probe_at REAL,
  probes INTEGER NOT NULL DEFAULT 0,
  plan TEXT,
  credits_used INTEGER,
  credits_limit INTEGER,
  credits_left INTEGER,
  usage_at REAL,
  spent_since_usage INTEGER NOT NULL DEFAULT 0,
  UNIQUE (base_url, fingerprint)
) STRICT;

CREATE TABLE spending (
  account_id INTEGER NOT NULL REFERENCES accounts,
  day TEXT NOT NULL,
  documents INTEGER NOT NULL,
  PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  id INTEGER PRIMARY KEY,
  locale TEXT NOT NULL,
  mask_pii INTEGER NOT NULL CHECK (mask_pii IN (0, 1)),
  mask_strategy TEXT NOT NULL,
  document_type TEXT NOT NULL,
  UNIQUE (locale, mask_pii, mask_strategy, document_type)
) STRICT;

CREATE TABLE watches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  root BLOB NOT NULL,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  mount_point BLOB,
  mount_type TEXT,
  mount_source TEXT,
  mode TEXT,
  mode_reason TEXT,
  hold_code TEXT,
  hold_message TEXT,
  held_at REAL,
  approved_at REAL NOT NULL DEFAULT 0,
  scanned_at REAL,
  scan_seconds REAL,
  found_by_event INTEGER NOT NULL DEFAULT 0,
  found_by_scan INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE directories (
  id INTEGER PRIMARY KEY,
  watch_id INTEGER NOT NULL REFERENCES watches,
  path BLOB NOT NULL,
  UNIQUE (watch_id, path)
) STRICT;

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  directory_id INTEGER NOT NULL REFERENCES directories,
  name BLOB NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('settling', 'settled', 'followed', 'ignored')),
  seen_at REAL NOT NULL,
  looked_at REAL,
  due_at REAL,
  gone_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  version_id INTEGER,
  UNIQUE (directory_id, name)
) STRICT;
CREATE INDEX files_due ON files (state, due_at) WHERE state IN ('settling', 'settled');

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  sha256 BLOB,
  settings_id INTEGER NOT NULL REFERENCES settings,
  account_id INTEGER NOT NULL REFERENCES accounts,
  size INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'uploading', 'processing', 'completed', 'failed', 'refused')),
  due_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  hold_code TEXT,
  error_code TEXT,
  error_message TEXT,
  failed_at REAL,
  alone INTEGER NOT NULL DEFAULT 0,
  maybe_sent INTEGER NOT NULL DEFAULT 0,
  jobs_gone INTEGER NOT NULL DEFAULT 0,
  again TEXT CHECK (again IN ('retry', 'mask')),
  again_asked INTEGER NOT NULL DEFAULT 0,
  version_id INTEGER,
  job_id TEXT,
  execution_id TEXT,
  is_duplicate INTEGER NOT NULL DEFAULT 0,
  sent_at REAL,
  grade TEXT,
  degraded INTEGER NOT NULL DEFAULT 0,
  document_type TEXT,
  pii_count INTEGER,
  pii_types TEXT,
  job TEXT,
  UNIQUE (sha256, settings_id, account_id)
) STRICT;
CREATE INDEX documents_due ON documents (state, due_at)
  WHERE state IN ('queued', 'uploading', 'processing');
CREATE INDEX documents_job ON documents (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE intents (
  document_id INTEGER PRIMARY KEY REFERENCES documents,
  version_id INTEGER NOT NULL,
  sent_name TEXT NOT NULL,
  sent_at REAL NOT NULL,
  service_time REAL NOT NULL,
  looks INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL REFERENCES files,
  document_id INTEGER REFERENCES documents,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  found_at REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('following', 'ready', 'delivered', 'failed', 'superseded', 'vanished', 'forgotten')),
  due_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  details_missing INTEGER NOT NULL DEFAULT 0,
  error_code TEXT,
  error_message TEXT,
  warning TEXT,
  output_path BLOB,
  output_sha256 BLOB,
  ended_at REAL,
  after TEXT CHECK (after IN ('pending', 'done', 'skipped')),
  after_reason TEXT
) STRICT;
CREATE INDEX versions_file ON versions (file_id);
CREATE INDEX versions_document ON versions (document_id);
CREATE INDEX versions_ready ON versions (due_at) WHERE state = 'ready';
CREATE INDEX versions_after ON versions (due_at) WHERE after = 'pending';

CREATE TABLE hooks (
  version_id INTEGER NOT NULL REFERENCES versions,
  route TEXT NOT NULL,
  due_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id, route)
) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten (sha256 BLOB PRIMARY KEY, forgotten_at REAL NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE exports (
  name TEXT PRIMARY KEY,
  first_seen_at REAL NOT NULL,
  last_slot_at REAL
) STRICT, WITHOUT ROWID;

CREATE TABLE export_runs (
  id INTEGER PRIMARY KEY,
  export TEXT NOT NULL,
  slot_at REAL,
  state TEXT NOT NULL CHECK (state IN ('started', 'published', 'empty', 'failed', 'pruned')),
  started_at REAL NOT NULL,
  finished_at REAL,
  due_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  folder TEXT NOT NULL,
  dataset_name TEXT NOT NULL,
  dataset_id TEXT,
  build_job_id TEXT,
  assembled TEXT,
  records INTEGER,
  bytes INTEGER,
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE INDEX export_runs_by_export ON export_runs (export, id);

CREATE TABLE export_jobs (
  run_id INTEGER NOT NULL REFERENCES export_runs,
  account_id INTEGER NOT NULL REFERENCES accounts,
  job_id TEXT NOT NULL,
  document_id INTEGER,
  PRIMARY KEY (run_id, account_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX export_jobs_by_job ON export_jobs (account_id, job_id);

CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  arguments TEXT NOT NULL,
  asked_at REAL NOT NULL,
  started_at REAL,
  finished_at REAL,
  exit_code INTEGER,
  outcome TEXT
) STRICT;
CREATE INDEX requests_open ON requests (id) WHERE finished_at IS NULL;
"""


@migrations()
def first_schema(db: SqliteUtils) -> None:
    """Accounts, settings, watches, files, versions, documents, exports, requests, what was forgotten."""
    # executescript would commit the transaction that the migration runs in.
    for statement in FIRST_SCHEMA.split(";\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def milestones(db: SqliteUtils) -> None:
    """When a file had settled, its content was known, its document had ended; until it is delivered."""
    for milestone in ("settled_at", "hashed_at", "ready_at"):
        db.execute(f"ALTER TABLE versions ADD COLUMN {milestone} REAL")


@migrations()
def what_changed_last(db: SqliteUtils) -> None:
    """Indexes of the order in which files changed, and of the few that are not delivered."""
    db.execute("CREATE INDEX versions_changed ON versions (coalesce(ended_at, found_at))")
    db.execute(
        "CREATE INDEX versions_apart ON versions (coalesce(ended_at, found_at)) "
        "WHERE state NOT IN ('delivered', 'superseded')"
    )
    db.execute("CREATE INDEX files_apart ON files (seen_at) WHERE state != 'followed'")


@migrations()
def held_with_their_watch(db: SqliteUtils) -> None:
    """Files that wait are shown as held while their watch is, whatever it is held for."""
    make_views(db.execute)


@migrations()
def to_the_second(db: SqliteUtils) -> None:
    """The order in which files changed, in whole seconds: half the size."""
    for index, which in (("changed", ""), ("apart", f" WHERE {APART_VERSION}")):
        db.execute(f"DROP INDEX versions_{index}")
        db.execute(f"CREATE INDEX versions_{index} ON versions ({changed_at()}){which}")


def known_migrations() -> frozenset[str]:
    """The names of all changes that this version knows."""
    empty = SqliteUtils(memory=True)
    try:
        return frozenset(migration.name for migration in migrations.pending(empty))
    finally:
        empty.close()
