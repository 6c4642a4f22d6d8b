"""The tables of datasets, which live in the engine's one SQLite file."""

from __future__ import annotations

import sqlite3

_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS datasets (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      slug TEXT NOT NULL UNIQUE,
      description TEXT,
      version INTEGER NOT NULL DEFAULT 1,
      index_status TEXT NOT NULL DEFAULT 'not_indexed'
        CHECK (index_status IN ('not_indexed', 'indexing', 'ready', 'failed')),
      total_chunks INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      job_count INTEGER NOT NULL DEFAULT 0,
      masked_job_count INTEGER NOT NULL DEFAULT 0,
      row_count INTEGER NOT NULL DEFAULT 0,
      pii_findings_count INTEGER NOT NULL DEFAULT 0,
      masked_record_count INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS dataset_members (
      dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
      privacy_applied INTEGER NOT NULL,
      row_count INTEGER NOT NULL,
      pii_findings_count INTEGER NOT NULL,
      masked_record_count INTEGER NOT NULL,
      PRIMARY KEY (dataset_id, position),
      UNIQUE (execution_id, dataset_id)
    ) STRICT, WITHOUT ROWID
    """,
    # A dataset is asked for far more often than it changes, so its sums are kept.
    """
    CREATE TRIGGER IF NOT EXISTS member_added AFTER INSERT ON dataset_members BEGIN
      UPDATE datasets SET
        job_count = job_count + 1,
        masked_job_count = masked_job_count + new.privacy_applied,
        row_count = row_count + new.row_count,
        pii_findings_count = pii_findings_count + new.pii_findings_count,
        masked_record_count = masked_record_count + new.masked_record_count
      WHERE id = new.dataset_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS member_removed AFTER DELETE ON dataset_members BEGIN
      UPDATE datasets SET
        job_count = job_count - 1,
        masked_job_count = masked_job_count - old.privacy_applied,
        row_count = row_count - old.row_count,
        pii_findings_count = pii_findings_count - old.pii_findings_count,
        masked_record_count = masked_record_count - old.masked_record_count
      WHERE id = old.dataset_id;
    END
    """,
    """
    CREATE TABLE IF NOT EXISTS dataset_chunks (
      id INTEGER PRIMARY KEY,
      dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
      chunk_id TEXT NOT NULL,
      chunk_index INTEGER NOT NULL,
      token_count INTEGER NOT NULL,
      text TEXT NOT NULL,
      UNIQUE (dataset_id, chunk_index)
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS chunks_of_execution ON dataset_chunks (execution_id)",
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS chunk_words USING fts5 (
      text, content = 'dataset_chunks', content_rowid = 'id',
      tokenize = 'unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chunk_added AFTER INSERT ON dataset_chunks BEGIN
      INSERT INTO chunk_words (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS chunk_removed AFTER DELETE ON dataset_chunks BEGIN
      INSERT INTO chunk_words (chunk_words, rowid, text) VALUES ('delete', old.id, old.text);
    END
    """,
    # A word that was deleted stays in the index's older segments until they are merged.
    """
    CREATE TRIGGER IF NOT EXISTS words_forgotten AFTER DELETE ON executions BEGIN
      INSERT INTO chunk_words (chunk_words) VALUES ('optimize');
    END
    """,
)


def prepare(database: sqlite3.Connection) -> None:
    """Make the tables where they are not there yet.

    A dataset is a list of executions, not a copy of their records: what is forgotten is gone from
    every dataset and from the keyword index, in the transaction that forgets it.

    Args:
        database: a connection inside a transaction.
    """
    for statement in _STATEMENTS:
        database.execute(statement)
