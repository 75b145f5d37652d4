import type { EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.ts'
import { joinEmbedded, startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'

/** Says on standard output what became of it: one line of JSON. Stops on SIGTERM. */
const [mode, checkoutDir = '', dataDir = ''] = process.argv.slice(2)
const options = { checkoutDir, dataDir, log: (line: string) => process.stderr.write(`${line}\n`) }

let postgres: EmbeddedPostgres | undefined
process.on('SIGTERM', async () => {
  await postgres?.stop()
  process.exit(0)
})

try {
  postgres = await (mode === 'join' ? joinEmbedded(options) : startEmbedded(options))
  const { connectionString, clusterDir, adopted } = postgres
  process.stdout.write(`${JSON.stringify({ connectionString, clusterDir, adopted })}\n`)
  setInterval(() => {}, 60_000)
} catch (error) {
  const { name, message } = error as Error
  process.stdout.write(`${JSON.stringify({ name, message })}\n`)
}
