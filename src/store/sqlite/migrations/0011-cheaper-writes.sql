-- What every write pays for outcomes, made less: fewer places of an index for each event and look-up.

-- By the life of the state whose name it shows: those that come together stand together, which ids
-- do not. NULL: it shows none.
ALTER TABLE event ADD COLUMN written_at INTEGER;
UPDATE event SET written_at = (
  SELECT s.written_at FROM handoff_state AS s WHERE s.tenant = event.tenant AND s.id = event.id);
DROP INDEX event_by_id;
CREATE INDEX event_by_life ON event (tenant, written_at) WHERE written_at IS NOT NULL;

-- Look-ups that a write may still show to have been early.
DROP INDEX resultless_look_up_by_name;
DROP INDEX resultless_look_up_elsewhere;
CREATE INDEX resultless_look_up_awaiting ON resultless_look_up (tenant, name_hash)
  WHERE cause IN ('undecided', 'other_project');
