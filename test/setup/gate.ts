import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import type { DB } from '../../src/database/tables.ts'
import type { Gateway } from './gateway.ts'
import { waitEvents } from './wait-events.ts'

/** Stops statements that change rows of a table: they have their view of the data, and have changed nothing yet. */
export interface Gate extends AsyncDisposable {
  /** Whether a statement stands before it. */
  isReached(): Promise<boolean>
  open(): Promise<void>
}

export async function closeGate(
  { databaseUrl, databases }: Gateway,
  change: 'update' | 'delete',
  table: string,
): Promise<Gate> {
  const { db } = databases
  const keeper = new pg.Client({ connectionString: databaseUrl })
  await keeper.connect()
  await keeper.query('select pg_advisory_lock(1)')
  await makeTrigger(db, change, table)
  return {
    isReached: async () => (await waitEvents(db)).includes('PgSleep'),
    async open() {
      await keeper.query('select pg_advisory_unlock(1)')
    },
    [Symbol.asyncDispose]: () => keeper.end(),
  }
}

async function makeTrigger(db: Kysely<DB>, change: string, table: string): Promise<void> {
  // It asks again and again: to wait for the lock would end with the patience that the statement has with locks.
  await sql`
    create or replace function stop_at_gate() returns trigger language plpgsql as $$ begin
      while not pg_try_advisory_xact_lock_shared(1) loop perform pg_sleep(0.01); end loop;
      return coalesce(new, old);
    end $$`.execute(db)
  await sql`
    create or replace trigger gate before ${sql.raw(change)} on ${sql.table(table)}
    for each row execute function stop_at_gate()`.execute(db)
}
