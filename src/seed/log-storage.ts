import type pg from 'pg'

/**
 * Has payloads of up to 8 KB written as they are, to the end of the load: compressing them takes longer than all else.
 * Readers see no difference. Undone by {@link resetLogStorage} in the same transaction.
 */
export async function writePayloadsPlain(client: pg.Client): Promise<void> {
  await alterPartitions(client, 'set (toast_tuple_target = 8160)')
}

/** Has the log's payloads compressed again. */
export async function resetLogStorage(client: pg.Client): Promise<void> {
  await alterPartitions(client, 'reset (toast_tuple_target)')
}

async function alterPartitions(client: pg.Client, change: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select relid::regclass::text as name from pg_partition_tree('events') where isleaf order by name",
  )
  for (const { name } of rows) await client.query(`alter table ${name} ${change}`)
}
