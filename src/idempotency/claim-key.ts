import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import pg from 'pg'
import type { DB } from '../database/tables.ts'
import { IdempotencyInFlight, IdempotencyMismatch } from './idempotency-errors.ts'
import { findIdempotencyKey, insertIdempotencyKey, writeIdempotencyResult } from './idempotency-store.ts'

interface IdempotencyClaim {
  workspaceId: string
  key: string
  mutation: string
  /** SHA-256 of each member of the canonical input but the key, as JSON: `{ "notes": "ab12..." }`. */
  inputHashes: string
}

/** The claim that an input makes with its `idempotencyKey`; undefined without one. */
export function idempotencyClaim(
  workspaceId: string,
  mutation: string,
  input: { idempotencyKey?: string | null },
): IdempotencyClaim | undefined {
  const { idempotencyKey, ...rest } = input
  if (idempotencyKey === undefined || idempotencyKey === null) return undefined
  const hashes = Object.entries(rest)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, createHash('sha256').update(canonicalJson(member)).digest('hex')])
  return { workspaceId, key: idempotencyKey, mutation, inputHashes: canonicalJson(Object.fromEntries(hashes)) }
}

/**
 * Takes the key for this transaction, or returns what its first use answered. Waits up to the lock timeout (5 s) for
 * a first use that is under way. Throws IdempotencyMismatch and IdempotencyInFlight.
 */
export async function claimKey(
  trx: Transaction<DB>,
  claim: IdempotencyClaim,
): Promise<{ result: string; eventSequence: string } | undefined> {
  const isFirst = await insertIdempotencyKey(trx, {
    workspace_id: claim.workspaceId,
    key: claim.key,
    mutation: claim.mutation,
    input_hashes: claim.inputHashes,
  }).catch((error: unknown) => {
    const isLockTimeout = error instanceof pg.DatabaseError && error.code === '55P03'
    throw isLockTimeout ? new IdempotencyInFlight() : error
  })
  if (isFirst) return undefined
  const first = await findIdempotencyKey(trx, claim.workspaceId, claim.key)
  // Removed by the clean-up between the two statements: as good as in flight, the next try claims it.
  if (first?.result == null || first.event_sequence === null) throw new IdempotencyInFlight()
  if (first.mutation !== claim.mutation) throw new IdempotencyMismatch([])
  if (first.input_hashes !== claim.inputHashes)
    throw new IdempotencyMismatch(differences(first.input_hashes, claim.inputHashes))
  return { result: first.result, eventSequence: first.event_sequence }
}

/** Keeps what the first use of the key answered; commits with its effect. */
export async function settleKey(
  trx: Transaction<DB>,
  claim: IdempotencyClaim,
  result: string,
  eventSequence: string,
): Promise<void> {
  await writeIdempotencyResult(trx, claim.workspaceId, claim.key, { result, event_sequence: eventSequence })
}

function differences(firstHashes: string, hashes: string): string[][] {
  const [first, again]: Record<string, string>[] = [JSON.parse(firstHashes), JSON.parse(hashes)]
  const members = Object.keys({ ...first, ...again })
  return members.filter(member => first?.[member] !== again?.[member]).map(member => ['input', member])
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
