import { appendFile, chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startEmbedded } from '../../src/database/embedded/embedded-postgres.ts'

/** A PostgreSQL of its own for one test run, in a directory that goes with it. Its data would not survive a power failure. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'orders-gateway-test-'))
  // PostgreSQL does not run as root: another user must be able to pass.
  await chmod(directory, 0o711)
  const checkoutDir = resolve(import.meta.dirname, '../..')
  const embedded = await startEmbedded({ dataDir: join(directory, 'data'), checkoutDir, log: () => {} })
  // A worker of the superuser's in a database keeps it from being dropped.
  const unsafe = [
    'autovacuum = off',
    'fsync = off',
    'synchronous_commit = off',
    'full_page_writes = off',
    'max_wal_size = 4GB',
  ]
  await appendFile(join(embedded.clusterDir, 'postgresql.auto.conf'), `${unsafe.join('\n')}\n`)
  const [pid] = (await readFile(join(embedded.clusterDir, 'postmaster.pid'), 'utf8')).split('\n')
  process.kill(Number(pid), 'SIGHUP')
  return {
    url: embedded.connectionString,
    async stop() {
      await embedded.stop()
      await rm(directory, { recursive: true, force: true })
      await rm(resolve(embedded.clusterDir, '..'), { recursive: true, force: true })
    },
  }
}
