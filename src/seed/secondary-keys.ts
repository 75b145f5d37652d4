import pg from 'pg'
import { eventTable, largeTables } from './seed-tables.ts'

/** Rows come in the order of these, or few belong there: to add each takes less than to read and sort the table once more. */
export const cheapKeys = [
  'order_line_items_order',
  'order_status_changes_order',
  'orders_test_mode',
  'invoice_line_items_invoice',
  'invoice_status_changes_invoice',
]

const lockNotAvailable = '55P03'
const featureNotSupported = '0A000'

/**
 * Whether the large tables are empty and nobody's but this transaction's: no gateway uses the database. They are locked
 * then, to the end of the transaction, and their keys can be taken off without anyone missing them.
 */
export async function haveToOneself(client: pg.Client): Promise<boolean> {
  const others = await client.query(`select from pg_stat_activity
    where datname = current_database() and application_name like 'orders-gateway%' and pid <> pg_backend_pid()`)
  if (others.rows.length > 0) return false
  await client.query('savepoint alone')
  try {
    await client.query(`lock table ${largeTables.join(', ')} in access exclusive mode`)
    const filled = largeTables.map(table => `exists (select from ${table})`).join(' or ')
    const { rows } = await client.query<{ filled: boolean }>(`select ${filled} as filled`)
    if (rows[0]?.filled === false) {
      await client.query('release savepoint alone')
      await beginFiles(client)
      return true
    }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== lockNotAvailable) throw error
  }
  await client.query('rollback to savepoint alone')
  return false
}

/** Begins the files of the empty tables anew: those of the transaction itself need no WAL where no replica asks for it. */
async function beginFiles(client: pg.Client): Promise<void> {
  await client.query('savepoint files')
  try {
    await client.query(`truncate ${largeTables.join(', ')}`)
    await client.query('release savepoint files')
  } catch (error) {
    // A table of somebody else refers to one of them.
    if (!(error instanceof pg.DatabaseError) || error.code !== featureNotSupported) throw error
    await client.query('rollback to savepoint files')
  }
}

/** Something that was taken off a table. */
export interface SecondaryKey {
  /** The statement that takes it off, and the one that puts it back. */
  removal: string
  creation: string
  /** Whether it is a foreign key: to check one takes a join, which is planned by statistics. */
  isReference: boolean
}

/**
 * Takes off the large tables what is cheaper to build once than row by row: foreign keys, unique constraints, indexes.
 * Primary keys stay, and what foreign keys of other tables lean on. Returns what is to be put back in the same
 * transaction: should it end before, nothing was ever taken off. Those of the log stay too: to build them it would be
 * read three times, payloads and all.
 */
export async function dropSecondaryKeys(client: pg.Client): Promise<SecondaryKey[]> {
  const { rows } = await client.query<SecondaryKey>(
    `with large as (select unnest($1::text[])::regclass as id),
      keys as (
        select case contype when 'f' then 3 else 2 end as rank, conname as name,
          format('alter table %s drop constraint %I', conrelid::regclass, conname) as removal,
          format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as creation
        from pg_constraint c
        where conrelid in (select id from large) and conparentid = 0 and (contype = 'f' or contype = 'u' and not exists (
          select from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid))
        union all
        select 1, i.indexrelid::regclass::text,
          format('drop index %s', i.indexrelid::regclass),
          -- That of a partitioned table is printed as if its partitions had none.
          replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
        from pg_index i
        where i.indrelid in (select id from large) and not i.indisprimary
          and not exists (select from pg_constraint c where c.conindid = i.indexrelid))
    select removal, creation, rank = 3 as "isReference" from keys where name <> all ($2) order by rank, name`,
    [largeTables.filter(table => table !== eventTable.name), cheapKeys],
  )
  // References first, then what they lean on.
  for (const { removal } of rows.toReversed()) await client.query(removal)
  return rows
}
