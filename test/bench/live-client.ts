import { WebSocket } from 'ws'

// The clients of the live benchmark, in a process of their own. The parent says what to do, one thing at a time.

interface Connect {
  type: 'connect'
  url: string
  /** One of them for each 200 sockets; none: a server that speaks no protocol. */
  keys: readonly string[]
  sockets: number
  subscriptions: number
  /** `#` becomes a number of each subscription's own. */
  query: string
  variables?: object
}

type Order =
  | Connect
  | { type: 'close' }
  | { type: 'expect'; messages: number }
  | { type: 'latencies'; commits: readonly [string, number][] }

let sockets: WebSocket[] = []
let received = 0
let bytes = 0
let expected = Number.POSITIVE_INFINITY
let firstAt = 0
let noted: { sequence: string; at: number }[] = []

const now = () => performance.timeOrigin + performance.now()
const answer = (message: object) => process.send?.(message)

function take(data: Buffer): void {
  const text = data.toString('latin1')
  if (text.startsWith('{"type":"connection_ack"') || text.includes('"type":"ping"')) return
  if (text.includes('"Heartbeat"') || text.includes('"CaughtUp"')) return
  received += 1
  bytes += data.length
  if (firstAt === 0) firstAt = now()
  const at = text.indexOf('"sequence":"')
  if (at !== -1 && noted.length < 2_000_000) {
    noted.push({ sequence: text.slice(at + 12, text.indexOf('"', at + 12)), at: now() })
  }
  if (received < expected) return
  expected = Number.POSITIVE_INFINITY
  answer({ received, bytes, firstAt, lastAt: now() })
}

function open(order: Connect, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const isPlain = order.keys.length === 0
    const socket = new WebSocket(order.url, isPlain ? [] : ['graphql-transport-ws'], { perMessageDeflate: false })
    sockets.push(socket)
    socket.on('error', reject)
    socket.on('close', code => code !== 1000 && code !== 1005 && answer({ closed: code }))
    socket.on('open', () => {
      if (isPlain) return resolve()
      const key = order.keys[Math.floor(index / 200)]
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }))
    })
    let caughtUp = 0
    socket.on('message', (data: Buffer) => {
      if (isPlain || caughtUp === order.subscriptions) return take(data)
      const text = String(data)
      if (text.includes('"error')) reject(new Error(text))
      if (text.startsWith('{"type":"connection_ack"')) {
        for (let n = 0; n < order.subscriptions; n += 1) {
          const id = crypto.randomUUID()
          const query = order.query.replaceAll('#', String(index * order.subscriptions + n))
          socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: order.variables } }))
        }
        if (order.variables !== undefined) caughtUp = order.subscriptions
      } else if (text.includes('"CaughtUp"')) caughtUp += 1
      else take(data)
      if (caughtUp === order.subscriptions) resolve()
    })
  })
}

async function connect(order: Connect): Promise<void> {
  for (let begin = 0; begin < order.sockets; begin += 100) {
    const count = Math.min(100, order.sockets - begin)
    await Promise.all(Array.from({ length: count }, (_, index) => open(order, begin + index)))
  }
  answer({ connected: sockets.length })
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

process.on('message', (order: Order) => {
  if (order.type === 'connect') connect(order).catch(error => answer({ failed: String(error) }))
  if (order.type === 'close') {
    for (const socket of sockets) socket.removeAllListeners('close').terminate()
    sockets = []
    answer({ closedAll: true })
  }
  if (order.type === 'expect') {
    received = bytes = firstAt = 0
    noted = []
    expected = order.messages
    answer({ ready: true })
  }
  if (order.type === 'latencies') {
    const commits = new Map(order.commits)
    const latencies = noted.flatMap(({ sequence, at }) => {
      const committedAt = commits.get(sequence)
      return committedAt === undefined ? [] : at - committedAt
    })
    const sorted = Float64Array.from(latencies).sort()
    answer({ count: sorted.length, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: sorted.at(-1) })
  }
})
