import { readConfig } from '../config.ts'
import { migrate } from '../database/migrate.ts'
import { migrateWorker } from '../webhooks/migrate-worker.ts'
import { jsonOption, readArguments } from './arguments.ts'
import { migrationPlan, withServer } from './open-database.ts'

/** `migrate`: brings the database up to date. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm run migrate --',
    about: 'Brings the database of DATABASE_URL, or the embedded one, up to date. Two at once are safe.',
    options: jsonOption,
  })
  if (values === undefined) return
  const config = readConfig(process.env)
  const log = (line: string) => process.stdout.write(values.json ? '' : `${line}\n`)
  const applied = await withServer(config, async address => {
    const names = await migrate(address, { ...migrationPlan(config), log })
    await migrateWorker(address, config.databaseSchema)
    return names
  })
  if (values.json) process.stdout.write(`${JSON.stringify({ applied })}\n`)
  else if (applied.length === 0) process.stdout.write('The database is up to date.\n')
}
