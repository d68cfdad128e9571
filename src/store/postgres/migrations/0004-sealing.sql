-- One data key a project, wrapped by a master key; renewed by number.

CREATE TABLE data_key (
  tenant     text COLLATE "C" NOT NULL,
  number     bigint NOT NULL,
  wrapped    bytea NOT NULL,
  seals      bigint NOT NULL, -- counted in advance
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant, number)
);

-- What a running server understands: sealed states are written once all of them do.
ALTER TABLE node ADD COLUMN format integer NOT NULL DEFAULT 0;
