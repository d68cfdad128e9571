-- Links of the screen pop.

CREATE TABLE link (
  tenant     TEXT NOT NULL,
  link_hash  TEXT NOT NULL,
  key_id     TEXT NOT NULL,
  project_id TEXT NOT NULL,
  kind       TEXT NOT NULL, -- of the name: 'id' or 'shared_id'
  name       TEXT NOT NULL, -- as handoff_state and handoff_alias hold it
  written_at INTEGER, -- of the state that the link is bound to, whose id is the name
  etag       TEXT, -- of what the key saw then
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  one_time   INTEGER NOT NULL, -- 1: it is
  opened_at  INTEGER,
  PRIMARY KEY (tenant, link_hash)
) WITHOUT ROWID;

CREATE INDEX link_by_name ON link (tenant, name);
CREATE INDEX link_by_expiry ON link (tenant, expires_at);
