import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { EventRows } from './copy-events.ts'
import { type CopyRows, TextRows } from './copy-rows.ts'
import { type SeedRows, type SeedTable, seedTables } from './seed-tables.ts'

// A batch is a COPY into each table: many rows for each, but not so many that the server waits long for the first.
const batchBytes = 24 * 1024 * 1024
const batchRows = 60_000
// A millisecond of work or less: for as long the server waits for an answer, several times a COPY.
const breathBytes = 16 * 1024

/** Copies rows into the seed's tables over one connection. While a batch is on its way the next is gathered. */
export class BulkLoader {
  readonly #client: pg.Client
  readonly #gathered: { [Table in SeedTable]: CopyRows<SeedRows[Table]> }
  #batchSize = 0
  #batchCount = 0
  #breathSize = 0
  // The last two batches that went out: the one under way and the one that follows it.
  #sending: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()]

  constructor(client: pg.Client) {
    this.#client = client
    this.#gathered = {
      products: new TextRows(seedTables.products),
      variants: new TextRows(seedTables.variants),
      prices: new TextRows(seedTables.prices),
      contacts: new TextRows(seedTables.contacts),
      addresses: new TextRows(seedTables.addresses),
      orders: new TextRows(seedTables.orders),
      lines: new TextRows(seedTables.lines),
      orderChanges: new TextRows(seedTables.orderChanges),
      invoices: new TextRows(seedTables.invoices),
      invoiceLines: new TextRows(seedTables.invoiceLines),
      invoiceChanges: new TextRows(seedTables.invoiceChanges),
      events: new EventRows(),
    }
  }

  add<Table extends SeedTable>(table: Table, row: SeedRows[Table]): void {
    this.#breathSize += this.#gathered[table].add(row)
    this.#batchCount += 1
  }

  /** Whether it is time to {@link breathe}. */
  get isBreathless(): boolean {
    return this.#breathSize >= breathBytes
  }

  /** Lets the connection go on; waits when more is gathered than the server takes. Throws what a COPY failed with. */
  async breathe(): Promise<void> {
    this.#batchSize += this.#breathSize
    this.#breathSize = 0
    if (this.#batchSize < batchBytes && this.#batchCount < batchRows) await setImmediate()
    else await this.#send()
  }

  /** Sends what is left and waits for all of it. */
  async finish(): Promise<void> {
    await this.#send()
    await this.#sending[1]
  }

  async #send(): Promise<void> {
    const [before, last] = this.#sending
    await before
    this.#batchSize = 0
    this.#batchCount = 0
    const batch = Object.values(this.#gathered).map(rows => ({ statement: rows.statement, bytes: rows.take() }))
    const sent = last.then(() => this.#copy(batch))
    // Whoever waits for it hears of a failure.
    sent.catch(() => {})
    this.#sending = [last, sent]
  }

  async #copy(batch: { statement: string; bytes: Buffer | undefined }[]): Promise<void> {
    for (const { statement, bytes } of batch) {
      if (bytes === undefined) continue
      const copying = this.#client.query(copyFrom(statement))
      copying.end(bytes)
      await finished(copying)
    }
  }
}
