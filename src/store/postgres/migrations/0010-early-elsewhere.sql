-- Look-ups whose name was in another project alone, to find those that were early after all.

CREATE INDEX resultless_look_up_elsewhere ON resultless_look_up (tenant, name_hash)
  WHERE cause = 'other_project';
