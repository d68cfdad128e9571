-- Receipts of erasure, the names that live states have lost, and the projects that were erased.

-- By which a state that lost a shared id or alias is still found to be erased. Goes with its state.
CREATE TABLE past_name (
  tenant    TEXT NOT NULL,
  name_hash TEXT NOT NULL,
  id        TEXT NOT NULL,
  PRIMARY KEY (tenant, name_hash, id)
) WITHOUT ROWID;

CREATE INDEX past_name_by_id ON past_name (tenant, id);

CREATE TABLE receipt (
  tenant     TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  record     TEXT NOT NULL, -- the keyed hash of the state's id
  erased_at  INTEGER NOT NULL,
  receipt    TEXT NOT NULL, -- compact JWS
  PRIMARY KEY (tenant, receipt_id)
) WITHOUT ROWID;

CREATE INDEX receipt_by_time ON receipt (tenant, erased_at, receipt_id);
CREATE INDEX receipt_by_record ON receipt (tenant, record, erased_at, receipt_id);

-- What is left of an erased project: its receipt, and its tenant until the purge has emptied it.
CREATE TABLE ended_project (
  tenant     TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  erased_at  INTEGER NOT NULL,
  receipt    TEXT NOT NULL,
  emptied_at INTEGER
) WITHOUT ROWID;

CREATE INDEX ended_project_by_account ON ended_project (account_id, erased_at, receipt_id);
