import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** A name server on the loopback. */
export interface NameServer extends AsyncDisposable {
  /** Its address and port. */
  at: string
  /** The names that were asked for, with the type of record. */
  asked: string[]
  /** Answers what it has let wait. */
  letGo(): void
}

const recordTypes = new Map([
  [1, 'A'],
  [28, 'AAAA'],
])
const nxDomain = 3
const ttlSeconds = 60

/** Knows the addresses of some names by `A name` or `AAAA name`; names beginning with `hang` wait, others do not exist. */
export async function openNameServer(records: Readonly<Record<string, string[]>>): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = question(query)
    asked.push(`${type} ${name}`)
    const addresses = records[`${type} ${name}`]
    const isKnown = ['A', 'AAAA'].some(one => records[`${one} ${name}`] !== undefined)
    const reply = () =>
      socket.send(answer(query.subarray(0, end), addresses ?? [], isKnown ? 0 : nxDomain), port, address)
    if (name.startsWith('hang')) waiting.push(reply)
    else reply()
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    at: `127.0.0.1:${socket.address().port}`,
    asked,
    letGo() {
      for (const reply of waiting.splice(0)) reply()
    },
    async [Symbol.asyncDispose]() {
      socket.close()
    },
  }
}

function question(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = []
  let place = 12
  for (let length = query[place] ?? 0; length > 0; length = query[place] ?? 0) {
    labels.push(query.toString('latin1', place + 1, place + 1 + length))
    place += 1 + length
  }
  const type = recordTypes.get(query.readUInt16BE(place + 1)) ?? '?'
  return { name: labels.join('.').toLowerCase(), type, end: place + 5 }
}

function answer(query: Buffer, addresses: readonly string[], code: number): Buffer {
  const head = Buffer.from(query)
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(addresses.length, 6)
  head.writeUInt32BE(0, 8)
  const records = addresses.map(address => {
    const data = bytesOf(address)
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(data.length === 4 ? 1 : 28, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt32BE(ttlSeconds, 6)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, ...records])
}

// IPv6 in full, without `::`.
function bytesOf(address: string): Buffer {
  if (address.includes('.')) return Buffer.from(address.split('.').map(Number))
  return Buffer.from(
    address
      .split(':')
      .map(part => part.padStart(4, '0'))
      .join(''),
    'hex',
  )
}
