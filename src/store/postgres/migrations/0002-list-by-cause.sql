-- Ended states are listed by their cause: a few erased ones are not to be sought among all that expired.

CREATE INDEX tombstone_by_cause ON tombstone (tenant, cause, written_at, name_hash)
  WHERE name_hash = id_hash;
