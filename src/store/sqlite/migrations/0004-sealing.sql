-- One data key a project, wrapped by a master key; renewed by number.

CREATE TABLE data_key (
  tenant     TEXT NOT NULL,
  number     INTEGER NOT NULL,
  wrapped    BLOB NOT NULL,
  seals      INTEGER NOT NULL, -- counted in advance
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, number)
) WITHOUT ROWID;
