-- The first schema. Times are milliseconds since 1970. Handoffs lead with the tenant throughout;
-- names are compared byte by byte, as they are written.

CREATE TABLE setting (
  name  text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

-- Raised by every change of a project or a key, so that every node notices it.
INSERT INTO setting VALUES ('reference_version', '1');

-- A row a running server: its heartbeat.
CREATE TABLE node (
  node_id text COLLATE "C" PRIMARY KEY,
  beat_at bigint NOT NULL
);

CREATE TABLE project (
  tenant                  text COLLATE "C" PRIMARY KEY,
  account_id              text COLLATE "C" NOT NULL,
  account_slug            text COLLATE "C" NOT NULL,
  project_id              text COLLATE "C" NOT NULL,
  project_slug            text COLLATE "C" NOT NULL,
  region                  text COLLATE "C" NOT NULL,
  retention_seconds       bigint NOT NULL,
  pickup_deadline_seconds bigint NOT NULL,
  created_at              bigint NOT NULL,
  UNIQUE (account_id, project_id),
  UNIQUE (account_id, project_slug)
);

CREATE TABLE api_key (
  key_id       text COLLATE "C" PRIMARY KEY,
  name         text,
  account_id   text COLLATE "C" NOT NULL,
  projects     text, -- JSON array of project ids; NULL: every project of the account
  permission   text NOT NULL,
  region       text COLLATE "C" NOT NULL,
  secret_hash  bytea NOT NULL, -- SHA-256
  created_at   bigint NOT NULL,
  expires_at   bigint,
  revoked_at   bigint,
  last_used_at bigint,
  successor_id text COLLATE "C" -- the key that a rotation made from it
);

CREATE INDEX api_key_by_account ON api_key (account_id, created_at, key_id);

CREATE TABLE handoff_state (
  tenant       text COLLATE "C" NOT NULL,
  id           text COLLATE "C" NOT NULL,
  shared_id    text COLLATE "C",
  aliases      text NOT NULL, -- JSON array
  version      bigint NOT NULL,
  written_at   bigint NOT NULL,
  updated_at   bigint NOT NULL,
  expires_at   bigint NOT NULL,
  picked_up_at bigint,
  write_id     text COLLATE "C" NOT NULL, -- of the last write: settles whether it was carried out
  sealed       text NOT NULL, -- a format character, then the data: '0' and JSON text
  PRIMARY KEY (tenant, id)
);

-- Data of a usual size stays in its row: kept elsewhere, each look-up would read twice.
ALTER TABLE handoff_state SET (toast_tuple_target = 8160);

CREATE INDEX handoff_state_by_time ON handoff_state (tenant, written_at, id);
CREATE INDEX handoff_state_by_expiry ON handoff_state (tenant, expires_at);

-- The shared id is an alias too. Which names a state has stands in its own row as well.
CREATE TABLE handoff_alias (
  tenant      text COLLATE "C" NOT NULL,
  alias       text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  previous_id text COLLATE "C", -- who held it before the last claim: tells the claimer
  PRIMARY KEY (tenant, alias)
);

-- What is left of an ended state: keyed hashes of its names, one row each, and its times.
CREATE TABLE tombstone (
  tenant       text COLLATE "C" NOT NULL,
  name_hash    text COLLATE "C" NOT NULL,
  id_hash      text COLLATE "C" NOT NULL, -- the name_hash of the state's id: its own, where this is the id
  cause        text COLLATE "C" NOT NULL, -- 'expired' or 'erased'
  version      bigint NOT NULL,
  written_at   bigint NOT NULL,
  updated_at   bigint NOT NULL,
  expires_at   bigint NOT NULL,
  picked_up_at bigint,
  ended_at     bigint NOT NULL,
  write_id     text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, name_hash)
);

CREATE INDEX tombstone_by_end ON tombstone (tenant, ended_at);
