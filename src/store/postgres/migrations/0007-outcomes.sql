-- Outcomes: when a state is due, look-ups that found nothing, and what happened, for who listens.

ALTER TABLE handoff_state ADD COLUMN due_at bigint; -- NULL: written before this was kept
ALTER TABLE handoff_state ADD COLUMN missed_at bigint; -- that it was missed has been told
ALTER TABLE tombstone ADD COLUMN due_at bigint;

-- Wide enough to count and to filter by outcome without a look at the rows, which are long.
DROP INDEX handoff_state_by_time;
CREATE INDEX handoff_state_by_outcome
  ON handoff_state (tenant, written_at, id, picked_up_at, due_at, expires_at);
CREATE INDEX handoff_state_by_due ON handoff_state (tenant, due_at)
  WHERE picked_up_at IS NULL AND missed_at IS NULL AND due_at IS NOT NULL;
-- Each state stands in one of these three; late ones were missed first.
CREATE INDEX handoff_state_pending ON handoff_state (tenant, written_at, id)
  WHERE picked_up_at IS NULL AND missed_at IS NULL;
CREATE INDEX handoff_state_picked_up ON handoff_state (tenant, written_at, id)
  WHERE picked_up_at IS NOT NULL AND missed_at IS NULL;
CREATE INDEX handoff_state_missed ON handoff_state (tenant, written_at, id)
  WHERE missed_at IS NOT NULL;
CREATE INDEX tombstone_by_time ON tombstone (tenant, written_at, cause, picked_up_at, due_at, ended_at)
  WHERE name_hash = id_hash;

CREATE TABLE resultless_look_up (
  tenant     text COLLATE "C" NOT NULL,
  look_up_id text COLLATE "C" NOT NULL,
  name_hash  text COLLATE "C" NOT NULL,
  key_id     text COLLATE "C" NOT NULL,
  at         bigint NOT NULL,
  cause      text COLLATE "C" NOT NULL, -- 'undecided' until it was written, or ten minutes have gone
  PRIMARY KEY (tenant, look_up_id)
);

CREATE INDEX resultless_look_up_by_time ON resultless_look_up (tenant, at, cause);
CREATE INDEX resultless_look_up_by_name ON resultless_look_up (tenant, name_hash)
  WHERE cause = 'undecided';
CREATE INDEX resultless_look_up_undecided ON resultless_look_up (tenant, at)
  WHERE cause = 'undecided';

-- The last number that an event of the project took.
CREATE TABLE event_counter (
  tenant text COLLATE "C" PRIMARY KEY,
  seq    bigint NOT NULL
);

CREATE TABLE event (
  tenant text COLLATE "C" NOT NULL,
  seq    bigint NOT NULL,
  kind   text COLLATE "C" NOT NULL,
  id     text COLLATE "C" NOT NULL, -- as the list shows it; of an ended state its keyed hash
  at     bigint NOT NULL,
  late   bigint NOT NULL, -- 1: a pickup past the deadline
  PRIMARY KEY (tenant, seq)
);

CREATE INDEX event_by_id ON event (tenant, id);
CREATE INDEX event_by_time ON event (tenant, at);
