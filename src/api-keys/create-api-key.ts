import type { Kysely } from 'kysely'
import * as v from 'valibot'
import type { DB } from '../database/tables.ts'
import { coded, dateTime, parseInput, requiredText } from '../shared/input.ts'
import { digestOf, generateApiKey, writeApiKey } from './api-key.ts'
import { insertApiKey } from './api-key-store.ts'
import { keyScopes } from './key-scopes.ts'

const createApiKeyInput = v.object({
  name: requiredText(255),
  scopes: keyScopes,
  expiresAt: v.nullish(
    v.pipe(
      dateTime,
      v.check(value => Date.parse(value) > Date.now(), coded('IN_THE_PAST', 'Lies in the past.')),
    ),
  ),
})

/** A key that was just made: `key` can't be shown again. */
export interface NewApiKey {
  id: string
  key: string
}

/** Makes a key for a workspace; without `expiresAt` it never expires. Throws InvalidInput. */
export async function createApiKey(
  db: Kysely<DB>,
  workspaceId: string,
  rawInput: { name: string; scopes: readonly string[]; expiresAt?: string | null },
): Promise<NewApiKey> {
  const { name, scopes, expiresAt } = parseInput(createApiKeyInput, rawInput)
  const key = generateApiKey()
  const id = await insertApiKey(db, {
    workspace_id: workspaceId,
    key_id: key.keyId,
    name,
    secret_hash: digestOf(key.secret),
    scopes: [...new Set(scopes)],
    expires_at: expiresAt ?? null,
  })
  return { id, key: writeApiKey(key) }
}
