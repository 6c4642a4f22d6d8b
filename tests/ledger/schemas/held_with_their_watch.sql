BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'flexorchd-ledger','first_schema','2026-11-25 02:28:29.577173+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'flexorchd-ledger','milestones','2026-11-25 02:28:29.577830+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'flexorchd-ledger','what_changed_last','2026-11-25 02:28:29.578006+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'flexorchd-ledger','held_with_their_watch','2026-11-25 02:28:29.582465+00:00');
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
INSERT INTO "accounts" VALUES(1,'hosted','http://127.0.0.1:47999/v1','5a70b838d023d895','dfx_…cdef',1780000000.0,NULL,NULL,NULL,NULL,0,'pro',0,NULL,NULL,1780000000.0,4);
CREATE TABLE directories (
  id INTEGER PRIMARY KEY,
  watch_id INTEGER NOT NULL REFERENCES watches,
  path BLOB NOT NULL,
  UNIQUE (watch_id, path)
) STRICT;
INSERT INTO "directories" VALUES(1,1,X'');
INSERT INTO "directories" VALUES(2,1,X'666F6C646572');
INSERT INTO "directories" VALUES(3,2,X'');
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
INSERT INTO "documents" VALUES(2,X'3C05F747F343DFEB21BE32B937637204A6969A7AAB0640535F4866DA113AC20E',1,1,22,'failed',NULL,1,NULL,'MALFORMED','It cannot be read.',1780000002.0,0,0,0,NULL,0,2,'5001',NULL,0,1780000000.0,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "documents" VALUES(3,X'7692C3AD3540BB803C020B3AEE66CD8887123234EA0C6E7143C0ADD73FF431ED',1,1,3,'completed',NULL,0,NULL,NULL,NULL,NULL,0,0,0,NULL,0,3,'5002','105002',0,1780000000.0,'A',0,'general',0,NULL,NULL);
INSERT INTO "documents" VALUES(4,X'8B5B9DB0C13DB24256C829AA364AA90C6D2EBA318B9232A4AB9313B954D3555F',1,1,5,'completed',NULL,0,NULL,NULL,NULL,NULL,0,0,0,NULL,0,5,'5003','105003',0,1780000000.0,'A',0,'general',0,NULL,NULL);
INSERT INTO "documents" VALUES(5,X'04EFAF080F5A3E74E1C29D1CA6A48569382CBBCD324E8D59D2B83EF21C039F00',1,1,4,'uploading',1.78000006816182351114e+09,0,NULL,'CONNECTION_LOST','The connection to 127.0.0.1 was lost: [Errno 104] Connection reset by peer.',NULL,0,1,0,NULL,0,6,NULL,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE export_jobs (
  run_id INTEGER NOT NULL REFERENCES export_runs,
  account_id INTEGER NOT NULL REFERENCES accounts,
  job_id TEXT NOT NULL,
  document_id INTEGER,
  PRIMARY KEY (run_id, account_id, job_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "export_jobs" VALUES(1,1,'5000',1);
INSERT INTO "export_jobs" VALUES(1,1,'5002',3);
INSERT INTO "export_jobs" VALUES(1,1,'5003',4);
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
INSERT INTO "export_runs" VALUES(1,'nightly',NULL,'published',1780000002.0,1780000002.0,NULL,0,'20260528T202642Z','nightly-20260528T202642Z-1',NULL,NULL,'local',3,851,NULL,NULL);
CREATE TABLE exports (
  name TEXT PRIMARY KEY,
  first_seen_at REAL NOT NULL,
  last_slot_at REAL
) STRICT, WITHOUT ROWID;
INSERT INTO "exports" VALUES('nightly',1780000000.0,NULL);
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
INSERT INTO "files" VALUES(1,1,X'666F72676F7474656E2E747874',3,1795573709884891780,1795573709884891780,2236490,'ignored',1780000000.0,1780000000.0,NULL,NULL,0,'forgotten',NULL);
INSERT INTO "files" VALUES(2,1,X'6261642E747874',22,1795573709884852291,1795573709884852291,2236489,'followed',1780000000.0,1780000000.0,NULL,NULL,0,NULL,2);
INSERT INTO "files" VALUES(3,1,X'612E747874',3,1795573709884707395,1795573709884707395,2236436,'followed',1780000000.0,1780000000.0,NULL,NULL,0,NULL,3);
INSERT INTO "files" VALUES(4,2,X'636F70792E747874',3,1795573709884811360,1795573709884811360,2236488,'followed',1780000000.0,1780000000.0,NULL,NULL,0,NULL,4);
INSERT INTO "files" VALUES(5,3,X'622E747874',5,1795573709884929967,1795573709884929967,2236491,'followed',1780000000.0,1780000000.0,NULL,1780000002.0,0,NULL,5);
INSERT INTO "files" VALUES(6,1,X'6C6F73742E747874',4,1795573710588523325,1795573710588523325,2236493,'followed',1780000002.0,1780000002.0,NULL,NULL,0,NULL,6);
CREATE TABLE forgotten (sha256 BLOB PRIMARY KEY, forgotten_at REAL NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "forgotten" VALUES(X'3FC4CCFE745870E2C0D99F71F30FF0656C8DEDD41CC1D7D3D376B0DBE685E2F3',1780000002.0);
CREATE TABLE hooks (
  version_id INTEGER NOT NULL REFERENCES versions,
  route TEXT NOT NULL,
  due_at REAL,
  attempt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id, route)
) STRICT, WITHOUT ROWID;
INSERT INTO "hooks" VALUES(3,'no',1.78000001726452851294e+09,2);
INSERT INTO "hooks" VALUES(4,'no',1.78000001822932243347e+09,2);
INSERT INTO "hooks" VALUES(5,'no',1.780000017542617321e+09,2);
CREATE TABLE intents (
  document_id INTEGER PRIMARY KEY REFERENCES documents,
  version_id INTEGER NOT NULL,
  sent_name TEXT NOT NULL,
  sent_at REAL NOT NULL,
  service_time REAL NOT NULL,
  looks INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "intents" VALUES(5,6,'lost.a7a1c205da.txt',1780000002.0,1780000002.0,0);
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "memory" VALUES('account','1');
INSERT INTO "memory" VALUES('announced','["gone","in"]');
INSERT INTO "memory" VALUES('away','"The connection to 127.0.0.1 was lost: [Errno 104] Connection reset by peer."');
INSERT INTO "memory" VALUES('away_code','"CONNECTION_LOST"');
INSERT INTO "memory" VALUES('backed_up_at','1780000002.0');
INSERT INTO "memory" VALUES('complete','true');
INSERT INTO "memory" VALUES('output','"/srv/out"');
INSERT INTO "memory" VALUES('owner','"a2ccc6c53e6f5af21ffa44ec5d90ced6"');
INSERT INTO "memory" VALUES('run','{"started_at":1780000000.0,"pid":6580,"config_file":"/srv/flexorchd.toml","config":"{\"state_dir\": \"/srv/state\", \"api\": {\"mode\": \"hosted\", \"base_url\": \"http://127.0.0.1:47999/v1\", \"key_file\": null, \"timeout\": 2.0}, \"watch\": [{\"name\": \"in\", \"path\": \"/srv/in\", \"recursive\": true, \"include\": [\"*.pdf\", \"*.docx\", \"*.txt\", \"*.xlsx\", \"*.html\", \"*.htm\", \"*.eml\", \"*.msg\", \"*.xml\", \"*.jpg\", \"*.jpeg\", \"*.png\", \"*.tiff\"], \"exclude\": [\".*\", \"~$*\", \"*.tmp\", \"*.part\", \"*.crdownload\", \"*~\", \"@eaDir/\", \"#recycle/\"], \"locale\": \"und\", \"mask_pii\": true, \"mask_strategy\": \"redact\", \"document_type\": \"auto\", \"settle\": 0.0, \"after\": \"keep\", \"archive_dir\": null, \"polling\": \"auto\", \"rescan\": 300.0}, {\"name\": \"gone\", \"path\": \"/srv/gone\", \"recursive\": true, \"include\": [\"*.pdf\", \"*.docx\", \"*.txt\", \"*.xlsx\", \"*.html\", \"*.htm\", \"*.eml\", \"*.msg\", \"*.xml\", \"*.jpg\", \"*.jpeg\", \"*.png\", \"*.tiff\"], \"exclude\": [\".*\", \"~$*\", \"*.tmp\", \"*.part\", \"*.crdownload\", \"*~\", \"@eaDir/\", \"#recycle/\"], \"locale\": \"und\", \"mask_pii\": true, \"mask_strategy\": \"redact\", \"document_type\": \"auto\", \"settle\": 0.0, \"after\": \"delete\", \"archive_dir\": null, \"polling\": \"auto\", \"rescan\": 300.0}], \"output\": {\"path\": \"/srv/out\", \"details\": true, \"file_mode\": \"0640\"}, \"limits\": {\"max_backlog\": 1000, \"credits_per_day\": 0, \"reserve\": 0, \"versions_per_day\": 10}, \"export\": [{\"name\": \"nightly\", \"schedule\": \"0 3 * * *\", \"timezone\": \"UTC\", \"formats\": [\"jsonl\"], \"watches\": [], \"min_grade\": null, \"scope\": \"new\", \"keep\": 0, \"delete_remote\": false}], \"route\": [{\"name\": \"no\", \"grade\": [], \"degraded\": null, \"document_type\": [], \"pii\": null, \"failed\": false, \"folder\": null, \"command\": [\"false\"], \"timeout\": 60.0}], \"web\": {\"listen\": \"\", \"allowed_hosts\": [\"localhost\", \"127.0.0.1\", \"[::1]\"], \"ping_url\": null}, \"webhook\": {\"listen\": \"\", \"secret_file\": null, \"public_url\": null}, \"engine\": {\"executor\": \"local\", \"plan\": \"unlimited\", \"ocr_languages\": [], \"keep_originals\": \"7d\", \"connector_roots\": []}, \"log\": {\"level\": \"warning\", \"format\": \"auto\"}}","origin":{"state_dir":["\"/srv/state\"","file","/srv/flexorchd.toml"],"api.mode":["\"hosted\"","file","/srv/flexorchd.toml"],"api.base_url":["\"http://127.0.0.1:47999/v1\"","file","/srv/flexorchd.toml"],"api.key_file":["(none)","default",""],"api.timeout":["2.0","file","/srv/flexorchd.toml"],"watch.in.name":["\"in\"","file","/srv/flexorchd.toml"],"watch.in.path":["\"/srv/in\"","file","/srv/flexorchd.toml"],"watch.in.recursive":["true","default",""],"watch.in.include":["[\"*.pdf\", \"*.docx\", \"*.txt\", \"*.xlsx\", \"*.html\", \"*.htm\", \"*.eml\", \"*.msg\", \"*.xml\", \"*.jpg\", \"*.jpeg\", \"*.png\", \"*.tiff\"]","default",""],"watch.in.exclude":["[\".*\", \"~$*\", \"*.tmp\", \"*.part\", \"*.crdownload\", \"*~\", \"@eaDir/\", \"#recycle/\"]","default",""],"watch.in.locale":["\"und\"","default",""],"watch.in.mask_pii":["true","default",""],"watch.in.mask_strategy":["\"redact\"","default",""],"watch.in.document_type":["\"auto\"","default",""],"watch.in.settle":["0.0","file","/srv/flexorchd.toml"],"watch.in.after":["\"keep\"","default",""],"watch.in.archive_dir":["(none)","default",""],"watch.in.polling":["\"auto\"","default",""],"watch.in.rescan":["300.0","default",""],"watch.gone.name":["\"gone\"","file","/srv/flexorchd.toml"],"watch.gone.path":["\"/srv/gone\"","file","/srv/flexorchd.toml"],"watch.gone.recursive":["true","default",""],"watch.gone.include":["[\"*.pdf\", \"*.docx\", \"*.txt\", \"*.xlsx\", \"*.html\", \"*.htm\", \"*.eml\", \"*.msg\", \"*.xml\", \"*.jpg\", \"*.jpeg\", \"*.png\", \"*.tiff\"]","default",""],"watch.gone.exclude":["[\".*\", \"~$*\", \"*.tmp\", \"*.part\", \"*.crdownload\", \"*~\", \"@eaDir/\", \"#recycle/\"]","default",""],"watch.gone.locale":["\"und\"","default",""],"watch.gone.mask_pii":["true","default",""],"watch.gone.mask_strategy":["\"redact\"","default",""],"watch.gone.document_type":["\"auto\"","default",""],"watch.gone.settle":["0.0","file","/srv/flexorchd.toml"],"watch.gone.after":["\"delete\"","file","/srv/flexorchd.toml"],"watch.gone.archive_dir":["(none)","default",""],"watch.gone.polling":["\"auto\"","default",""],"watch.gone.rescan":["300.0","default",""],"output.path":["\"/srv/out\"","file","/srv/flexorchd.toml"],"output.details":["true","default",""],"output.file_mode":["\"0640\"","default",""],"limits.max_backlog":["1000","default",""],"limits.credits_per_day":["0","default",""],"limits.reserve":["0","default",""],"limits.versions_per_day":["10","default",""],"export.nightly.name":["\"nightly\"","file","/srv/flexorchd.toml"],"export.nightly.schedule":["\"0 3 * * *\"","file","/srv/flexorchd.toml"],"export.nightly.timezone":["\"UTC\"","default",""],"export.nightly.formats":["[\"jsonl\"]","file","/srv/flexorchd.toml"],"export.nightly.watches":["[]","default",""],"export.nightly.min_grade":["(none)","default",""],"export.nightly.scope":["\"new\"","default",""],"export.nightly.keep":["0","default",""],"export.nightly.delete_remote":["false","default",""],"route.no.name":["\"no\"","file","/srv/flexorchd.toml"],"route.no.grade":["[]","default",""],"route.no.degraded":["(none)","default",""],"route.no.document_type":["[]","default",""],"route.no.pii":["(none)","default",""],"route.no.failed":["false","default",""],"route.no.folder":["(none)","default",""],"route.no.command":["[\"false\"]","file","/srv/flexorchd.toml"],"route.no.timeout":["60.0","default",""],"web.listen":["\"\"","file","/srv/flexorchd.toml"],"web.allowed_hosts":["[\"localhost\", \"127.0.0.1\", \"[::1]\"]","default",""],"web.ping_url":["(none)","default",""],"webhook.listen":["\"\"","default",""],"webhook.secret_file":["(none)","default",""],"webhook.public_url":["(none)","default",""],"engine.executor":["\"local\"","default",""],"engine.plan":["\"unlimited\"","default",""],"engine.ocr_languages":["[]","default",""],"engine.keep_originals":["\"7d\"","default",""],"engine.connector_roots":["[]","default",""],"log.level":["\"warning\"","file","/srv/flexorchd.toml"],"log.format":["\"auto\"","default",""],"api.key":["(hidden)","environment","FLEXORCH_API_KEY"]}}');
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
INSERT INTO "requests" VALUES(1,'export','{"name":"nightly"}',1780000002.0,1780000002.0,1780000002.0,0,'{"lines":["nightly: 3 records in /srv/out/datasets/nightly/20260528T202642Z"],"facts":{"export":"nightly","state":"published","records":3,"folder":"/srv/out/datasets/nightly/20260528T202642Z"}}');
INSERT INTO "requests" VALUES(2,'forget','{"file_ids":[1]}',1780000002.0,1780000002.0,1780000002.0,0,'{"lines":["1 file is forgotten.","still in the dataset /srv/out/datasets/nightly/20260528T202642Z"],"facts":{"forgotten":["in/forgotten.txt"],"results":["results/in/forgotten.txt.json"]}}');
CREATE TABLE settings (
  id INTEGER PRIMARY KEY,
  locale TEXT NOT NULL,
  mask_pii INTEGER NOT NULL CHECK (mask_pii IN (0, 1)),
  mask_strategy TEXT NOT NULL,
  document_type TEXT NOT NULL,
  UNIQUE (locale, mask_pii, mask_strategy, document_type)
) STRICT;
INSERT INTO "settings" VALUES(1,'und',1,'redact','auto');
CREATE TABLE spending (
  account_id INTEGER NOT NULL REFERENCES accounts,
  day TEXT NOT NULL,
  documents INTEGER NOT NULL,
  PRIMARY KEY (account_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO "spending" VALUES(1,'2026-05-28',4);
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
, settled_at REAL, hashed_at REAL, ready_at REAL) STRICT;
INSERT INTO "versions" VALUES(2,2,2,22,1795573709884852291,1780000000.0,'failed',NULL,0,0,NULL,NULL,NULL,X'6661696C65642F696E2F6261642E7478742E6A736F6E',X'02FAA545930D59BEA10F6B64411E747D68ED41465FDAFD8D9827BC09C5B5E0B1',1780000002.0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(3,3,3,3,1795573709884707395,1780000000.0,'delivered',NULL,0,0,NULL,NULL,NULL,X'726573756C74732F696E2F612E7478742E6A736F6E',X'B8892519D8089C3D720E93488E03199885F877EBF982D37ED1C48DBDF0DA6B74',1780000002.0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(4,4,3,3,1795573709884811360,1780000000.0,'delivered',NULL,0,0,NULL,NULL,NULL,X'726573756C74732F696E2F666F6C6465722F636F70792E7478742E6A736F6E',X'EB4C72AD0941A7C66CDC4C6C0EDC42CE9929ECE7C6151BFDE75575E8AB6BC9C9',1780000002.0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(5,5,4,5,1795573709884929967,1780000000.0,'delivered',NULL,0,0,NULL,NULL,NULL,X'726573756C74732F676F6E652F622E7478742E6A736F6E',X'EFB1544FB644465E78E671D855F60CB3D174AFF629C122CE2C8F479F36E90E26',1780000002.0,'done',NULL,NULL,NULL,NULL);
INSERT INTO "versions" VALUES(6,6,5,4,1795573710588523325,1780000002.0,'following',NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1780000002.0,1780000002.0,NULL);
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
INSERT INTO "watches" VALUES(1,'in',X'2F776174636865642F696E',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.0,1780000002.0,0.0,0,0);
INSERT INTO "watches" VALUES(2,'gone',X'2F776174636865642F676F6E65',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.0,1780000002.0,0.0,0,0);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX files_due ON files (state, due_at) WHERE state IN ('settling', 'settled');
CREATE INDEX documents_due ON documents (state, due_at)
  WHERE state IN ('queued', 'uploading', 'processing');
CREATE INDEX documents_job ON documents (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX versions_file ON versions (file_id);
CREATE INDEX versions_document ON versions (document_id);
CREATE INDEX versions_ready ON versions (due_at) WHERE state = 'ready';
CREATE INDEX versions_after ON versions (due_at) WHERE after = 'pending';
CREATE INDEX export_runs_by_export ON export_runs (export, id);
CREATE INDEX export_jobs_by_job ON export_jobs (account_id, job_id);
CREATE INDEX requests_open ON requests (id) WHERE finished_at IS NULL;
CREATE INDEX versions_changed ON versions (coalesce(ended_at, found_at));
CREATE INDEX versions_apart ON versions (coalesce(ended_at, found_at)) WHERE state NOT IN ('delivered', 'superseded');
CREATE INDEX files_apart ON files (seen_at) WHERE state != 'followed';
CREATE VIEW file_states AS
SELECT
  f.id, d.watch_id, f.directory_id, w.name AS watch, d.path AS directory, f.name, f.size, f.mtime_ns,
  f.seen_at, f.gone_at, f.reason, f.version_id, f.due_at AS file_due_at, f.state AS file_state,
  v.state AS version_state, v.found_at, v.ended_at, v.output_path, v.output_sha256, v.error_code,
  v.error_message, v.attempt AS delivery_attempt, v.due_at AS delivery_due_at, v.after, v.after_reason,
  v.warning, v.document_id, c.sha256, c.state AS document_state, c.job_id, c.account_id, c.settings_id,
  c.due_at AS document_due_at, c.attempt AS document_attempt, c.error_code AS document_error_code,
  c.error_message AS document_error_message, c.grade, c.degraded, c.document_type, c.pii_count,
  c.version_id AS original_version_id, c.is_duplicate AS service_duplicate, c.sent_at,
  CASE WHEN f.state IN ('settling', 'settled') THEN CASE
    WHEN NOT w.active THEN 'WATCH_REMOVED'
    WHEN w.hold_code != 'MAX_BACKLOG' THEN w.hold_code
  END ELSE coalesce(c.hold_code, CASE
    WHEN NOT w.active THEN 'WATCH_REMOVED'
    WHEN w.hold_code != 'MAX_BACKLOG' THEN w.hold_code
  END,
  CASE WHEN v.found_at > w.approved_at THEN w.hold_code END) END AS hold_code,
  CASE
    WHEN f.state = 'ignored' THEN 'ignored'
    WHEN f.gone_at IS NOT NULL AND
      (f.state IN ('settling', 'settled') OR v.state = 'vanished') THEN 'vanished'
    WHEN f.state IN ('settling', 'settled') THEN
      CASE WHEN CASE
    WHEN NOT w.active THEN 'WATCH_REMOVED'
    WHEN w.hold_code != 'MAX_BACKLOG' THEN w.hold_code
  END IS NULL THEN 'settling' ELSE 'held' END
    WHEN v.state = 'delivered' OR v.state = 'superseded' THEN 'delivered'
    WHEN v.state = 'failed' THEN 'failed'
    WHEN v.state = 'forgotten' THEN 'ignored'
    WHEN v.state = 'vanished' THEN 'vanished'
    WHEN v.state = 'ready' OR c.state IN ('completed', 'failed', 'refused') THEN 'processing'
    WHEN c.state = 'queued' AND coalesce(c.hold_code, CASE
    WHEN NOT w.active THEN 'WATCH_REMOVED'
    WHEN w.hold_code != 'MAX_BACKLOG' THEN w.hold_code
  END,
  CASE WHEN v.found_at > w.approved_at THEN w.hold_code END) IS NOT NULL THEN 'held'
    ELSE c.state
  END AS state
FROM files AS f
JOIN directories AS d ON d.id = f.directory_id
JOIN watches AS w ON w.id = d.watch_id
LEFT JOIN versions AS v ON v.id = f.version_id
LEFT JOIN documents AS c ON c.id = v.document_id;
COMMIT;
