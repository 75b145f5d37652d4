import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CopyRows } from './copy-rows.ts'
import { type SeedRows, type SeedTable, seedTables } from './seed-tables.ts'

const batchBytes = 8 * 1024 * 1024

/** Copies rows into the seed's tables over one connection. While one batch is on its way the next is gathered. */
export class BulkLoader {
  readonly #client: pg.Client
  readonly #gathered: { [Table in SeedTable]: CopyRows<SeedRows[Table]> }
  #sending: Promise<void> = Promise.resolve()

  constructor(client: pg.Client) {
    this.#client = client
    this.#gathered = {
      products: new CopyRows(seedTables.products),
      variants: new CopyRows(seedTables.variants),
      prices: new CopyRows(seedTables.prices),
      contacts: new CopyRows(seedTables.contacts),
      addresses: new CopyRows(seedTables.addresses),
      orders: new CopyRows(seedTables.orders),
      lines: new CopyRows(seedTables.lines),
      orderChanges: new CopyRows(seedTables.orderChanges),
      invoices: new CopyRows(seedTables.invoices),
      invoiceLines: new CopyRows(seedTables.invoiceLines),
      invoiceChanges: new CopyRows(seedTables.invoiceChanges),
      events: new CopyRows(seedTables.events),
    }
  }

  add<Table extends SeedTable>(table: Table, row: SeedRows[Table]): void {
    this.#gathered[table].add(row)
  }

  /** Lets the connection breathe; waits when more is gathered than the server takes. Throws what a COPY failed with. */
  async breathe(): Promise<void> {
    const size = Object.values(this.#gathered).reduce((sum, rows) => sum + rows.size, 0)
    if (size < batchBytes) await setImmediate()
    else await this.#send()
  }

  /** Sends what is left and waits for all of it. */
  async finish(): Promise<void> {
    await this.#send()
    await this.#sending
  }

  async #send(): Promise<void> {
    await this.#sending
    const batch = Object.values(this.#gathered).map(rows => ({
      statement: copyStatement(rows.table),
      bytes: rows.take(),
    }))
    this.#sending = this.#copy(batch)
    // Whoever waits for it next hears of a failure.
    this.#sending.catch(() => {})
  }

  async #copy(batch: { statement: string; bytes: Buffer }[]): Promise<void> {
    for (const { statement, bytes } of batch) {
      if (bytes.length === 0) continue
      const copying = this.#client.query(copyFrom(statement))
      copying.end(bytes)
      await finished(copying)
    }
  }
}

function copyStatement({ name, columns }: { name: string; columns: readonly string[] }): string {
  return `copy ${name} (${columns.map(column => pg.escapeIdentifier(column)).join(', ')}) from stdin`
}
