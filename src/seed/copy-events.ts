import type { Selectable } from 'kysely'
import type { Events } from '../database/tables.ts'
import type { CopyRows } from './copy-rows.ts'

/** An event whose data is written already, for all events of its write that share it. */
export type EventRow = Omit<Selectable<Events>, 'data'> & { data: Buffer }

const start = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const end = Buffer.from([0xff, 0xff])
const blockBytes = 64 * 1024
// What of an event is no data is far shorter.
const longestHead = 4096
const epoch = Date.UTC(2000, 0, 1)

/** Events in the binary format of COPY: looking for ends of lines in all their data would cost the server more than the rest. */
export class EventRows implements CopyRows<EventRow> {
  readonly statement = `copy events (workspace_id, sequence, created_at, id, type, subject_type, subject_id, live_mode,
    api_version, actor_type, actor_id, actor_name, data) from stdin (format binary)`
  #chunks: Buffer[] = []
  #block = Buffer.allocUnsafe(blockBytes)
  #from = 0
  #to = 0

  add(row: EventRow): number {
    if (this.#to + longestHead > blockBytes) this.#newBlock()
    this.#int2(13)
    this.#int8(BigInt(row.workspace_id))
    this.#int8(BigInt(row.sequence))
    this.#int8(BigInt(Date.parse(row.created_at) - epoch) * 1000n)
    this.#bytes(row.id.replaceAll('-', ''), 'hex')
    this.#bytes(row.type)
    this.#bytes(row.subject_type)
    this.#int8(BigInt(row.subject_id))
    this.#boolean(row.live_mode)
    this.#int4(2)
    this.#int2(row.api_version)
    this.#bytes(row.actor_type)
    this.#int8(BigInt(row.actor_id))
    this.#bytes(row.actor_name)
    this.#int4(row.data.length)
    this.#chunks.push(this.#block.subarray(this.#from, this.#to), row.data)
    this.#from = this.#to
    return row.data.length + longestHead / 16
  }

  take(): Buffer | undefined {
    if (this.#chunks.length === 0) return undefined
    const rows = Buffer.concat([start, ...this.#chunks, end])
    this.#chunks = []
    return rows
  }

  #newBlock(): void {
    this.#block = Buffer.allocUnsafe(blockBytes)
    this.#from = 0
    this.#to = 0
  }

  #int2(value: number): void {
    this.#to = this.#block.writeInt16BE(value, this.#to)
  }

  #int4(value: number): void {
    this.#to = this.#block.writeInt32BE(value, this.#to)
  }

  #int8(value: bigint): void {
    this.#int4(8)
    this.#to = this.#block.writeBigInt64BE(value, this.#to)
  }

  #boolean(value: boolean | null): void {
    this.#int4(value === null ? -1 : 1)
    if (value !== null) this.#to = this.#block.writeUInt8(value ? 1 : 0, this.#to)
  }

  #bytes(text: string | null, encoding: 'utf8' | 'hex' = 'utf8'): void {
    const length = text === null ? -1 : this.#block.write(text, this.#to + 4, encoding)
    this.#int4(length)
    this.#to += Math.max(0, length)
  }
}
