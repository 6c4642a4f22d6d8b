BEGIN TRANSACTION;
CREATE TABLE connectors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, type TEXT NOT NULL, config TEXT NOT NULL,
  created_at TEXT NOT NULL, last_tested_at TEXT, last_used_at TEXT
) STRICT;
INSERT INTO "connectors" VALUES(1010,'folder','folder','{}','2026-01-02T03:04:05Z',NULL,NULL);
CREATE TABLE credits (day TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "credits" VALUES('2026-01-02',2);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  webhook_id INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  body BLOB NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT NOT NULL
) STRICT;
INSERT INTO "deliveries" VALUES(1009,1008,X'7B7D',0,'2026-01-02T03:04:05Z');
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
INSERT INTO "documents" VALUES(1001,'aa11',20,'a.0123456789.txt','upload','2026-01-02T03:04:05Z','2026-01-02T03:04:05Z',1);
INSERT INTO "documents" VALUES(1002,'bb22',30,'b.txt','connector','2026-01-02T03:04:05Z','2026-01-02T03:04:05Z',0);
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
INSERT INTO "executions" VALUES(1006,1003,1001,'2026-01-02T03:04:05Z','invoice','en','A',0.9,1.0,1,1,1,1,X'7B7D');
CREATE TABLE feedback (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
  rating TEXT NOT NULL, issue TEXT, notes TEXT, created_at TEXT NOT NULL
) STRICT;
INSERT INTO "feedback" VALUES(1007,1003,'positive',NULL,NULL,'2026-01-02T03:04:05Z');
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
INSERT INTO "jobs" VALUES(1003,'data_process','completed',1001,'k1','und',1,'redact','auto','2026-01-02T03:04:05Z','2026-01-02T03:04:05Z','2026-01-02T03:04:05Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(1004,'data_process','queued',1002,'k2',NULL,NULL,NULL,NULL,'2026-01-02T03:04:05Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(1005,'dataset_build','completed',NULL,NULL,NULL,NULL,NULL,NULL,'2026-01-02T03:04:05Z',NULL,'2026-01-02T03:04:05Z',NULL,NULL,NULL,NULL,'{}');
CREATE TABLE records (
  execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (execution_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "records" VALUES(1006,0,X'7B22746F74616C223A312E357D');
CREATE TABLE schedules (
  id INTEGER PRIMARY KEY,
  connector_id INTEGER NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
  cron_expression TEXT NOT NULL, prefix_filter TEXT, name TEXT,
  created_at TEXT NOT NULL, last_run_at TEXT, next_run_at TEXT NOT NULL
) STRICT;
INSERT INTO "schedules" VALUES(1011,1010,'0 3 * * *',NULL,'nightly','2026-01-02T03:04:05Z',NULL,'2026-01-03T03:00:00Z');
CREATE TABLE store (
  id TEXT NOT NULL, mask_key BLOB NOT NULL, created_at TEXT NOT NULL, next_id INTEGER NOT NULL
) STRICT;
INSERT INTO "store" VALUES('5f0c1d2e',X'00112233445566778899AABBCCDDEEFF','2026-01-01T00:00:00Z',2000);
CREATE TABLE sync_logs (
  id INTEGER PRIMARY KEY,
  schedule_id INTEGER NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  started_at TEXT NOT NULL, completed_at TEXT,
  files_found INTEGER NOT NULL DEFAULT 0, files_new INTEGER NOT NULL DEFAULT 0,
  files_skipped INTEGER NOT NULL DEFAULT 0, files_failed INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
  error_message TEXT
) STRICT;
INSERT INTO "sync_logs" VALUES(1012,1011,'2026-01-02T03:04:05Z',NULL,0,0,0,0,'running',NULL);
CREATE TABLE synced_files (
  connector_id INTEGER NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
  key TEXT NOT NULL, version TEXT NOT NULL,
  PRIMARY KEY (connector_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "synced_files" VALUES(1010,'a/b.txt','1');
CREATE TABLE texts (
  execution_id INTEGER PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "texts" VALUES(1006,'Total 1.50 [MASKED_EMAIL]');
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL, events TEXT NOT NULL, secret TEXT NOT NULL, auto_export TEXT,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO "webhooks" VALUES(1008,'http://127.0.0.1:1/hook','["job.completed"]','a secret of the test',NULL,'2026-01-02T03:04:05Z');
CREATE INDEX documents_by_content ON documents (sha256);
CREATE INDEX documents_with_original ON documents (received_at) WHERE has_original = 1;
CREATE INDEX jobs_by_identity ON jobs (identity, id) WHERE identity IS NOT NULL;
CREATE INDEX jobs_of_document ON jobs (document_id, id);
CREATE INDEX jobs_queued ON jobs (id) WHERE status = 'queued';
CREATE INDEX jobs_by_day ON jobs (completed_at) WHERE status = 'completed';
CREATE INDEX executions_of_document ON executions (document_id, id);
CREATE INDEX executions_by_day ON executions (created_at);
CREATE INDEX deliveries_due ON deliveries (not_before);
CREATE INDEX sync_logs_of_schedule ON sync_logs (schedule_id, id);
PRAGMA user_version = 1;
COMMIT;
