-- Links of the screen pop.

CREATE TABLE link (
  tenant     text COLLATE "C" NOT NULL,
  link_hash  text COLLATE "C" NOT NULL,
  key_id     text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL, -- of the name: 'id' or 'shared_id'
  name       text COLLATE "C" NOT NULL, -- as handoff_state and handoff_alias hold it
  written_at bigint, -- of the state that the link is bound to, whose id is the name
  etag       text COLLATE "C", -- of what the key saw then
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  one_time   bigint NOT NULL, -- 1: it is
  opened_at  bigint
);

-- The primary key last, and the name before the tenant: of indexes that look as good to a plan for an
-- empty table the newest is taken, and a link is to be found by its hash alone.
CREATE INDEX link_by_name ON link (name, tenant);
CREATE INDEX link_by_expiry ON link (tenant, expires_at);
ALTER TABLE link ADD PRIMARY KEY (tenant, link_hash);
