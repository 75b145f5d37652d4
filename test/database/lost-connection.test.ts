import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startGateway } from '../setup/gateway.ts'
import { openShop } from '../setup/shop.ts'

test('a connection that breaks under a transaction ends that transaction and nothing else', async () => {
  await using gateway = await startGateway()
  const shop = await openShop(gateway)
  const { db } = gateway.databases
  const broken = db.transaction().execute(async trx => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(db)
    // Between two statements nobody waits for the connection: it breaks here.
    await new Promise(resolve => setTimeout(resolve, 50))
    await sql`select 1`.execute(trx)
  })
  await expect(broken).rejects.toThrow()
  expect(await shop.data('{ contacts(first: 1) { totalCount } }')).toEqual({ contacts: { totalCount: 1 } })
})
