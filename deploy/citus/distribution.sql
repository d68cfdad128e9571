-- Shows which of Baton's tables are distributed by what, and where the projects lie.
-- `baton migrate --distribute` brings about the same as these statements, for what is missing:
--
--   SELECT create_reference_table('setting');
--   SELECT create_reference_table('node');
--   SELECT create_reference_table('project');
--   SELECT create_reference_table('api_key');
--   SELECT create_reference_table('audit_chain');
--   SELECT create_reference_table('ended_project');
--   SELECT create_reference_table('console_session');
--   SELECT create_distributed_table('handoff_state', 'tenant');
--   SELECT create_distributed_table('handoff_alias', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('tombstone', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('audit_block', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('data_key', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('past_name', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('receipt', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('link', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('resultless_look_up', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('event_counter', 'tenant', colocate_with => 'handoff_state');
--   SELECT create_distributed_table('event', 'tenant', colocate_with => 'handoff_state');

SELECT table_name, citus_table_type, distribution_column, colocation_id, table_size, shard_count
FROM citus_tables
ORDER BY citus_table_type, table_name;

-- The heaviest workers first.
SELECT nodename, nodeport, count(*) AS shards, pg_size_pretty(sum(shard_size)) AS size
FROM citus_shards
WHERE citus_table_type = 'distributed'
GROUP BY nodename, nodeport
ORDER BY sum(shard_size) DESC;

-- The shard of each project, and where each shard lies.
SELECT account_slug, project_slug,
  get_shard_id_for_distribution_column('handoff_state', tenant) AS shardid
FROM project
ORDER BY account_slug, project_slug;

SELECT shardid, nodename, nodeport, pg_size_pretty(shard_size) AS size
FROM citus_shards
WHERE table_name = 'handoff_state'::regclass
ORDER BY shard_size DESC;

-- The largest projects.
SELECT tenant, count(*) AS states
FROM handoff_state
GROUP BY tenant
ORDER BY count(*) DESC
LIMIT 20;
