import type { Kysely } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Sending } from './send-event.ts'
import type { Wakes } from './wakes.ts'
import { SecretsKeyMissing } from './webhook-endpoint.ts'

/** What the commands about webhooks work with, beside the database. */
export interface Webhooks {
  /** Undefined: there is no key for secrets, so nothing can be signed or sent. */
  sender: { sending: Sending; wakes: Wakes } | undefined
  allowLoopback: boolean
  /** What is wrong with a document that shapes bodies, by the present schema; undefined: nothing. */
  documentProblem: (document: string) => string | undefined
  /** An endpoint was made, changed or deleted, and it is committed. */
  changed: (workspaceId: string, endpointId: string) => void
  /** Something is due now, and it is committed. */
  due: () => void
}

// A process can be several gateways, each with a database handle of its own.
const byDatabase = new WeakMap<Kysely<DB>, Webhooks>()

/** Says what the webhooks of a gateway are. */
export function registerWebhooks(db: Kysely<DB>, webhooks: Webhooks): void {
  byDatabase.set(db, webhooks)
}

/** The webhooks of a gateway. */
export function webhooksOf(db: Kysely<DB>): Webhooks {
  const webhooks = byDatabase.get(db)
  if (webhooks === undefined) throw new Error('this gateway was started without its webhooks')
  return webhooks
}

/** What it takes to send. Throws SecretsKeyMissing where webhooks are off. */
export function senderOf(db: Kysely<DB>): { sending: Sending; wakes: Wakes } {
  const { sender } = webhooksOf(db)
  if (sender === undefined) throw new SecretsKeyMissing()
  return sender
}
