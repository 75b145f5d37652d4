import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { createApiKey } from '../api-keys/create-api-key.ts'
import { KeyRing } from '../api-keys/key-ring.ts'
import type { Databases } from '../database/connect.ts'
import type { DB } from '../database/tables.ts'
import type { CommandContext } from '../idempotency/run-command.ts'
import { createWorkspace } from '../workspaces/create-workspace.ts'
import { deleteWorkspace } from '../workspaces/delete-workspace.ts'
import { findWorkspace, setSubdomain, type WorkspaceRow } from '../workspaces/workspace-store.ts'

// The workspace bears its name only when it is full: whatever a crash left behind is made anew.
const subdomain = 'demo'
const unfinished = 'demo-unfinished'

/** The key to the demo workspace and the file that keeps it. */
export interface DemoKey {
  key: string
  file: string
}

/**
 * The key of the demo workspace. On the first start the workspace is made and filled; where its key was lost or revoked, it
 * gets another. The key stays in `dataDir`, readable for its owner only.
 */
export async function openDemo(
  databases: Databases,
  dataDir: string,
  fill: (context: CommandContext) => Promise<void>,
): Promise<DemoKey> {
  const { db } = databases
  const file = join(dataDir, 'demo-key')
  const workspace = (await findWorkspace(db, subdomain)) ?? (await makeWorkspace(databases, file, fill))
  const kept = await readKey(file)
  if (kept !== undefined) {
    await using keys = new KeyRing(databases)
    const actor = await keys.authenticate(kept)
    if (actor?.workspace.id === workspace.id) return { key: kept, file }
  }
  const key = await makeKey(db, workspace.id)
  await keepKey(file, key)
  return { key, file }
}

async function makeWorkspace(
  databases: Databases,
  file: string,
  fill: (context: CommandContext) => Promise<void>,
): Promise<WorkspaceRow> {
  const { db } = databases
  const left = await findWorkspace(db, unfinished)
  if (left !== undefined) await deleteWorkspace(db, left.id)
  const workspace = await createWorkspace(db, { subdomain: unfinished, name: 'Demo Store', currency: 'USD' })
  await using keys = new KeyRing(databases)
  const key = await makeKey(db, workspace.id)
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key of the demo workspace does not work')
  // The events name the workspace as it is called when it is full; nobody follows them yet.
  const owner = { ...actor, workspace: { ...actor.workspace, subdomain } }
  await db.connection().execute(async connection => {
    // Not on disk one by one: the name comes last, and is not there without what was committed before it.
    await sql`set synchronous_commit = off`.execute(connection)
    await fill({ db: connection, actor: owner, committed() {} })
    await sql`reset synchronous_commit`.execute(connection)
  })
  await keepKey(file, key)
  await setSubdomain(db, workspace.id, subdomain)
  return { ...workspace, subdomain }
}

async function makeKey(db: Kysely<DB>, workspaceId: string): Promise<string> {
  const { key } = await createApiKey(db, workspaceId, { name: 'Demo key', scopes: ['*'] })
  return key
}

async function readKey(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function keepKey(file: string, key: string): Promise<void> {
  const draft = `${file}.new`
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${key}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
