import type { Kysely, Transaction } from 'kysely'
import pg from 'pg'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import type { DB } from '../database/tables.ts'
import { isAboutPrepared } from '../database/transaction-client.ts'
import { appendEvents } from '../events/append-event.ts'
import { Changes } from '../events/changes.ts'
import type { Actor } from '../shared/actor.ts'
import { claimKey, idempotencyClaim, settleKey } from './claim-key.ts'
import { oneByOne } from './key-line.ts'
import { inLine } from './writer-line.ts'

/** What a command needs to run: the pool, who acts, and whom to tell after the commit. */
export interface CommandContext {
  db: Kysely<DB>
  actor: Actor
  /** Wakes the event feed; called after the commit. */
  committed(workspaceId: string): void
}

/** What a command did: the ids of its objects, whether it was done before, and its place in the log. */
export interface Outcome<Result> {
  result: Result
  /** True when an earlier request with the same idempotency key had done it already. */
  replayed: boolean
  /** The log holds all events of the command up to here. */
  eventSequence: string
}

/**
 * Runs a command in one transaction: idempotency key, the command's own locks, rules and writes, then the counter,
 * numbers, events and the key's result, then the commit (decisions 3). A throw anywhere leaves nothing behind.
 * `Result` must survive JSON: a replay reads it back.
 */
export async function runCommand<Result>(
  context: CommandContext,
  mutation: string,
  input: { idempotencyKey?: string | null },
  write: (trx: Transaction<DB>, changes: Changes) => Promise<Result>,
): Promise<Outcome<Result>> {
  const workspaceId = context.actor.workspace.id
  const claim = idempotencyClaim(workspaceId, mutation, input)
  const transact = () =>
    context.db.transaction().execute(async (trx): Promise<Outcome<Result>> => {
      const first = claim && (await claimKey(trx, claim))
      if (first) return { result: JSON.parse(first.result), replayed: true, eventSequence: first.eventSequence }
      const changes = new Changes()
      const result = await write(trx, changes)
      const eventSequence = await appendEvents(trx, context.actor, changes)
      if (claim) await settleKey(trx, claim, JSON.stringify(result), eventSequence)
      return { result, replayed: false, eventSequence }
    })
  const outcome = await oneByOne(claim, () => inLine(workspaceId, () => againWhenBeaten(transact)))
  if (!outcome.replayed) context.committed(workspaceId)
  return outcome
}

// Somebody else took a unique value between a command's check and its write, or won a deadlock: the next try sees them.
const beaten = new Set(['23505', '40P01', '40001'])
const lockTimeout = '55P03'

async function againWhenBeaten<Result>(transact: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transact()
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? (error.code ?? '') : ''
      const isStale = error instanceof pg.DatabaseError && isAboutPrepared(error)
      if ((beaten.has(code) || isStale) && tries < 3) continue
      // Nothing was written and nothing is wrong with the request: it may be sent again.
      if (beaten.has(code) || code === lockTimeout)
        throw new DatabaseOverloaded('others write the same rows', { cause: error })
      throw error
    }
  }
}
