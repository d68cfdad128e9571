-- The audit: blocks of entries, chained, and for each chain its anchor and its head.

CREATE TABLE audit_block (
  tenant   TEXT NOT NULL, -- of a project; '@' and the id of an account; '@'
  chain    TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  mac      TEXT NOT NULL,
  entries  TEXT NOT NULL, -- JSON array of lines
  PRIMARY KEY (tenant, chain, seq)
);

CREATE INDEX audit_block_by_time ON audit_block (tenant, last_at, chain, seq);
CREATE INDEX audit_block_by_chain ON audit_block (chain, seq);

CREATE TABLE audit_chain (
  chain         TEXT PRIMARY KEY,
  first_seq     INTEGER NOT NULL, -- the first block that was not purged
  before_mac    TEXT NOT NULL,
  seq           INTEGER NOT NULL,
  mac           TEXT NOT NULL,
  at            INTEGER NOT NULL,
  witnessed_seq INTEGER NOT NULL,
  seal          TEXT NOT NULL
) WITHOUT ROWID;
