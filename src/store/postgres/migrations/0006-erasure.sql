-- Receipts of erasure, the names that live states have lost, and the projects that were erased.

-- By which a state that lost a shared id or alias is still found to be erased. Goes with its state.
CREATE TABLE past_name (
  tenant    text COLLATE "C" NOT NULL,
  name_hash text COLLATE "C" NOT NULL,
  id        text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, name_hash, id)
);

CREATE INDEX past_name_by_id ON past_name (tenant, id);

CREATE TABLE receipt (
  tenant     text COLLATE "C" NOT NULL,
  receipt_id text COLLATE "C" NOT NULL,
  record     text COLLATE "C" NOT NULL, -- the keyed hash of the state's id
  erased_at  bigint NOT NULL,
  receipt    text NOT NULL, -- compact JWS
  PRIMARY KEY (tenant, receipt_id)
);

CREATE INDEX receipt_by_time ON receipt (tenant, erased_at, receipt_id);
CREATE INDEX receipt_by_record ON receipt (tenant, record, erased_at, receipt_id);

-- What is left of an erased project: its receipt, and its tenant until the purge has emptied it.
CREATE TABLE ended_project (
  tenant     text COLLATE "C" PRIMARY KEY,
  account_id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  receipt_id text COLLATE "C" NOT NULL,
  erased_at  bigint NOT NULL,
  receipt    text NOT NULL,
  emptied_at bigint
);

CREATE INDEX ended_project_by_account ON ended_project (account_id, erased_at, receipt_id);
