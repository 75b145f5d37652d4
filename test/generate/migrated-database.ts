import { migrate } from '../../src/database/migrate.ts'
import { startTestServer } from '../setup/test-server.ts'

/** Runs an act on a database that has all migrations and goes afterwards. */
export async function withMigratedDatabase<Result>(act: (url: string) => Promise<Result>): Promise<Result> {
  const server = await startTestServer()
  try {
    await migrate({ connectionString: server.url }, { directory: 'migrations', schema: 'public', log: () => {} })
    return await act(server.url)
  } finally {
    await server.stop()
  }
}
