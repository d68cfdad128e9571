-- The first schema. Times are milliseconds since 1970. Handoffs lead with the tenant throughout.

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value NOT NULL
) WITHOUT ROWID;

-- Raised by every change of a project or a key, so that another process notices it.
INSERT INTO setting VALUES ('reference_version', 1);

CREATE TABLE project (
  tenant                  TEXT PRIMARY KEY,
  account_id              TEXT NOT NULL,
  account_slug            TEXT NOT NULL,
  project_id              TEXT NOT NULL,
  project_slug            TEXT NOT NULL,
  region                  TEXT NOT NULL,
  retention_seconds       INTEGER NOT NULL,
  pickup_deadline_seconds INTEGER NOT NULL,
  created_at              INTEGER NOT NULL,
  UNIQUE (account_id, project_id),
  UNIQUE (account_id, project_slug)
) WITHOUT ROWID;

CREATE TABLE api_key (
  key_id       TEXT PRIMARY KEY,
  name         TEXT,
  account_id   TEXT NOT NULL,
  projects     TEXT, -- JSON array of project ids; NULL: every project of the account
  permission   TEXT NOT NULL,
  region       TEXT NOT NULL,
  secret_hash  BLOB NOT NULL, -- SHA-256
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER,
  successor_id TEXT -- the key that a rotation made from it
) WITHOUT ROWID;

CREATE INDEX api_key_by_account ON api_key (account_id, created_at, key_id);

CREATE TABLE handoff_state (
  tenant       TEXT NOT NULL,
  id           TEXT NOT NULL,
  shared_id    TEXT,
  aliases      TEXT NOT NULL, -- JSON array
  version      INTEGER NOT NULL,
  written_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  picked_up_at INTEGER,
  sealed       NOT NULL, -- a format character, then the data: '0' and JSON text
  PRIMARY KEY (tenant, id)
);

CREATE INDEX handoff_state_by_time ON handoff_state (tenant, written_at, id);
CREATE INDEX handoff_state_by_expiry ON handoff_state (tenant, expires_at);

-- The shared id is an alias too. Which names a state has stands in its own row as well.
CREATE TABLE handoff_alias (
  tenant TEXT NOT NULL,
  alias  TEXT NOT NULL,
  id     TEXT NOT NULL,
  PRIMARY KEY (tenant, alias)
) WITHOUT ROWID;

-- What is left of an ended state: keyed hashes of its names, one row each, and its times.
CREATE TABLE tombstone (
  tenant       TEXT NOT NULL,
  name_hash    TEXT NOT NULL,
  id_hash      TEXT NOT NULL, -- the name_hash of the state's id: its own, where this is the id
  cause        TEXT NOT NULL, -- 'expired' or 'erased'
  version      INTEGER NOT NULL,
  written_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  picked_up_at INTEGER,
  ended_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant, name_hash)
) WITHOUT ROWID;

CREATE INDEX tombstone_by_time ON tombstone (tenant, written_at, name_hash) WHERE name_hash = id_hash;
CREATE INDEX tombstone_by_end ON tombstone (tenant, ended_at);
