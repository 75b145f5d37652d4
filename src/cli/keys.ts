import { listApiKeys } from '../api-keys/api-key-store.ts'
import { createApiKey, type NewApiKey } from '../api-keys/create-api-key.ts'
import { revokeApiKey } from '../api-keys/revoke-api-key.ts'
import { rotateApiKey } from '../api-keys/rotate-api-key.ts'
import { scopes } from '../shared/actor.ts'
import { findWorkspace } from '../workspaces/workspace-store.ts'
import { jsonOption, readArguments, runAct, UsageError, writeTable } from './arguments.ts'
import { readDuration } from './duration.ts'
import { withDatabase } from './open-database.ts'

const call = 'npm run keys --'
const idOption = {
  id: { value: '<id>', about: 'Id or key id of the key, as `list` shows them.', required: true },
} as const

/** `keys create|list|rotate|revoke`. */
export function run(args: readonly string[]): Promise<void> {
  return runAct(args, {
    call,
    about: 'The API keys of workspaces.',
    acts: {
      create: { about: 'Make a key. It is shown once.', run: create },
      list: { about: 'List the keys, without their secrets.', run: list },
      rotate: { about: 'Make a key that takes the place of another.', run: rotate },
      revoke: { about: 'End a key.', run: revoke },
    },
  })
}

async function create(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: `${call} create`,
    about: 'Makes a key and shows it, once.',
    options: {
      workspace: { value: '<subdomain>', about: 'Workspace that the key sees.', required: true },
      scopes: {
        value: '<scopes>',
        about: `Comma-separated: ${scopes.join(', ')}, or * for all. events:read needs contacts:read and orders:read.`,
        required: true,
      },
      name: {
        value: '<name>',
        about: 'What people call it; orders and events of the key carry it.',
        default: 'API key',
      },
      expires: { value: '<duration>', about: 'After how long it ends, such as 90d or 12h. Without it: never.' },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  const lifetime = readDuration('expires', values.expires)
  const made = await withDatabase(async ({ db }) => {
    const workspaceId = await workspaceIdOf(db, values.workspace)
    const expiresAt = lifetime === undefined ? null : new Date(Date.now() + lifetime).toISOString()
    return createApiKey(db, workspaceId, { name: values.name, scopes: listed(values.scopes), expiresAt })
  })
  writeNewKey(made, values.json)
}

async function list(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: `${call} list`,
    about: 'Lists the keys, without their secrets.',
    options: { workspace: { value: '<subdomain>', about: 'Only those of this workspace.' }, ...jsonOption },
  })
  if (values === undefined) return
  const rows = await withDatabase(async ({ db }) =>
    listApiKeys(db, values.workspace === undefined ? undefined : await workspaceIdOf(db, values.workspace)),
  )
  if (values.json) {
    const keys = rows.map(row => ({
      id: row.id,
      keyId: row.key_id,
      workspace: row.subdomain,
      name: row.name,
      scopes: row.scopes,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      lastUsedAt: row.last_used_at,
      createdAt: row.created_at,
    }))
    process.stdout.write(`${JSON.stringify(keys)}\n`)
    return
  }
  const state = (row: (typeof rows)[number]) => {
    if (row.revoked_at !== null) return `revoked ${row.revoked_at}`
    if (row.expires_at === null) return 'valid'
    return `${Date.parse(row.expires_at) <= Date.now() ? 'expired' : 'valid until'} ${row.expires_at}`
  }
  process.stdout.write(
    writeTable([
      ['ID', 'KEY ID', 'WORKSPACE', 'NAME', 'SCOPES', 'LAST USED', 'STATE'],
      ...rows.map(row => [
        row.id,
        row.key_id,
        row.subdomain,
        row.name,
        row.scopes.join(','),
        row.last_used_at ?? 'never',
        state(row),
      ]),
    ]),
  )
}

async function rotate(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: `${call} rotate`,
    about: 'Makes a key with the name, scopes and lifetime of another and ends that one.',
    options: {
      ...idOption,
      overlap: { value: '<duration>', about: 'How long the old key stays valid, such as 24h. Without it: not at all.' },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  const overlapMs = readDuration('overlap', values.overlap) ?? 0
  writeNewKey(await withDatabase(({ db }) => rotateApiKey(db, values.id, overlapMs)), values.json)
}

async function revoke(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: `${call} revoke`,
    about: 'Ends a key for good; gateways that run follow within 5 seconds.',
    options: { ...idOption, ...jsonOption },
  })
  if (values === undefined) return
  const revoked = await withDatabase(({ db }) => revokeApiKey(db, values.id))
  process.stdout.write(values.json ? `${JSON.stringify(revoked)}\n` : `Key ${revoked.id} is revoked.\n`)
}

async function workspaceIdOf(db: Parameters<typeof findWorkspace>[0], subdomain: string): Promise<string> {
  const workspace = await findWorkspace(db, subdomain)
  if (workspace === undefined) throw new UsageError(`There is no workspace ${subdomain}`)
  return workspace.id
}

function listed(text: string): string[] {
  return text.split(',').flatMap(item => item.trim() || [])
}

function writeNewKey({ id, key }: NewApiKey, json: boolean): void {
  const text = `Key ${id} is made. It is shown only now:\n${key}\n`
  process.stdout.write(json ? `${JSON.stringify({ id, key })}\n` : text)
}
