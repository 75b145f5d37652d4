import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { readColumnTypes } from './column-types.ts'
import { asSpare } from './copy-blocks.ts'
import { CopyRows, type CopyTable } from './copy-rows.ts'
import { eventTable, type SeedRows, type SeedTable, seedTables } from './seed-tables.ts'

// A batch is a COPY into each table: many rows for each. Nobody works beside the first and the last: batches grow from small
// ones, and shrink again towards the end.
const fewestBytes = 3 * 1024 * 1024
const mostBytes = 24 * 1024 * 1024
// A millisecond of work or less: for as long the server waits for an answer, several times a COPY.
const breathBytes = 16 * 1024

interface Batch {
  statement: string
  blocks: Buffer[]
}

/** Copies rows into the seed's tables over one connection. While a batch is on its way the next is gathered. */
export class BulkLoader {
  readonly #client: pg.Client
  readonly #gathered: { [Table in SeedTable]: CopyRows<SeedRows[Table]> }
  readonly #spare: Buffer[]
  #batchSize = 0
  #breathSize = 0
  #sentSize = 0
  // The last two batches that went out: the one under way and the one that follows it.
  #sending: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()]

  static async open(client: pg.Client): Promise<BulkLoader> {
    const tables = [...Object.values(seedTables), eventTable]
    const typeOf = await readColumnTypes(
      client,
      tables.map(({ name }) => name),
    )
    const spare: Buffer[] = []
    const rowsOf = <Row extends object>(table: CopyTable<Row>) =>
      new CopyRows(table, column => typeOf(table.name, column), spare)
    return new BulkLoader(client, spare, {
      products: rowsOf(seedTables.products),
      variants: rowsOf(seedTables.variants),
      prices: rowsOf(seedTables.prices),
      contacts: rowsOf(seedTables.contacts),
      addresses: rowsOf(seedTables.addresses),
      orders: rowsOf(seedTables.orders),
      lines: rowsOf(seedTables.lines),
      orderChanges: rowsOf(seedTables.orderChanges),
      invoices: rowsOf(seedTables.invoices),
      invoiceLines: rowsOf(seedTables.invoiceLines),
      invoiceChanges: rowsOf(seedTables.invoiceChanges),
      events: rowsOf(eventTable),
    })
  }

  private constructor(
    client: pg.Client,
    spare: Buffer[],
    gathered: { [Table in SeedTable]: CopyRows<SeedRows[Table]> },
  ) {
    this.#client = client
    this.#spare = spare
    this.#gathered = gathered
  }

  add<Table extends SeedTable>(table: Table, row: SeedRows[Table]): void {
    this.#breathSize += this.#gathered[table].add(row)
  }

  /** Whether it is time to {@link breathe}. */
  get isBreathless(): boolean {
    return this.#breathSize >= breathBytes
  }

  /**
   * Lets the connection go on; waits when more is gathered than the server takes. `share`: how much of everything was
   * added, up to 1. Throws what a COPY failed with.
   */
  async breathe(share: number): Promise<void> {
    this.#batchSize += this.#breathSize
    this.#breathSize = 0
    const added = this.#sentSize + this.#batchSize
    const coming = added / share - added
    const enough = Math.min(this.#sentSize, coming / 2)
    if (this.#batchSize < Math.min(mostBytes, Math.max(fewestBytes, enough))) await setImmediate()
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
    this.#sentSize += this.#batchSize
    this.#batchSize = 0
    const batch = Object.values(this.#gathered).map(rows => ({ statement: rows.statement, blocks: rows.take() }))
    const sent = last.then(() => this.#copy(batch))
    // Whoever waits for it hears of a failure.
    sent.catch(() => {})
    this.#sending = [last, sent]
  }

  async #copy(batch: Batch[]): Promise<void> {
    for (const { statement, blocks } of batch) {
      if (blocks.length === 0) continue
      const copying = this.#client.query(copyFrom(statement))
      for (const block of blocks) copying.write(block)
      copying.end()
      await finished(copying)
      for (const block of blocks) this.#spare.push(...asSpare(block))
    }
  }
}
