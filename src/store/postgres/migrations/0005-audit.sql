-- The audit: blocks of entries, chained, and for each chain its anchor and its head.

CREATE TABLE audit_block (
  tenant   text COLLATE "C" NOT NULL, -- of a project; '@' and the id of an account; '@'
  chain    text COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  first_at bigint NOT NULL,
  last_at  bigint NOT NULL,
  mac      text COLLATE "C" NOT NULL,
  entries  text NOT NULL, -- JSON array of lines
  PRIMARY KEY (tenant, chain, seq)
);

CREATE INDEX audit_block_by_time ON audit_block (tenant, last_at, chain, seq);
CREATE INDEX audit_block_by_chain ON audit_block (chain, seq);

CREATE TABLE audit_chain (
  chain         text COLLATE "C" PRIMARY KEY,
  first_seq     bigint NOT NULL, -- the first block that was not purged
  before_mac    text COLLATE "C" NOT NULL,
  seq           bigint NOT NULL,
  mac           text COLLATE "C" NOT NULL,
  at            bigint NOT NULL,
  witnessed_seq bigint NOT NULL,
  seal          text COLLATE "C" NOT NULL
);
