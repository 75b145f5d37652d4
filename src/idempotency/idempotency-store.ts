import { type Insertable, type Selectable, sql, type Transaction } from 'kysely'
import type { DB, IdempotencyKeys } from '../database/tables.ts'

const keptDays = 7

/** Adds a key, waiting for whoever adds the same; false when the workspace has it already. */
export async function insertIdempotencyKey(trx: Transaction<DB>, key: Insertable<IdempotencyKeys>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('idempotency_keys')
    .values(key)
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** What a key was used for and what its first use answered; undefined when the workspace has no such key. */
export function findIdempotencyKey(
  trx: Transaction<DB>,
  workspaceId: string,
  key: string,
): Promise<Pick<Selectable<IdempotencyKeys>, 'mutation' | 'input_hashes' | 'result' | 'event_sequence'> | undefined> {
  return trx
    .selectFrom('idempotency_keys')
    .select(['mutation', 'input_hashes', 'result', 'event_sequence'])
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .executeTakeFirst()
}

/** Writes what the first use of a key answered. */
export async function writeIdempotencyResult(
  trx: Transaction<DB>,
  workspaceId: string,
  key: string,
  answer: { result: string; event_sequence: string },
): Promise<void> {
  await trx
    .updateTable('idempotency_keys')
    .set(answer)
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', key)
    .execute()
}

/** Deletes at most so many keys that were kept for 7 days (api.md), oldest first; returns how many. */
export async function deleteOldIdempotencyKeys(trx: Transaction<DB>, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys where created_at < now() - make_interval(days => ${keptDays})
      order by created_at limit ${limit} for update skip locked))`.execute(trx)
  return Number(numAffectedRows)
}
