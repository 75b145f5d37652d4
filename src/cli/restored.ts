import { renewEpochs } from '../events/renew-epochs.ts'
import { jsonOption, readArguments, writeTable } from './arguments.ts'
import { withDatabase } from './open-database.ts'

/** `restored`: to be run once after the database was restored from a backup, before the gateway starts. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm run restored --',
    about:
      'Run it once after restoring the database from a backup: cursors from before are refused with BAD_CURSOR instead of\nsilently missing events. Clients then read their state afresh.',
    options: jsonOption,
  })
  if (values === undefined) return
  const logs = await withDatabase(({ db }) => renewEpochs(db))
  if (values.json) {
    process.stdout.write(`${JSON.stringify(logs)}\n`)
    return
  }
  const rows = logs.map(({ workspaceId, subdomain, lastSequence }) => [workspaceId, subdomain, lastSequence])
  process.stdout.write(
    `Cursors from before now are refused in ${logs.length === 1 ? 'this workspace' : `these ${logs.length} workspaces`}; gateways that run follow within 5 seconds.\n\n` +
      writeTable([['ID', 'SUBDOMAIN', 'LAST EVENT'], ...rows]),
  )
}
