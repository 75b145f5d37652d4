import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { Random } from '../../src/seed/random.ts'
import { answer, type Mood, pickMood, takes } from './moods.ts'
import { obey } from './part.ts'
import type { Endpoint } from './stage.ts'

// Receives the webhooks in a process of its own, in one bad mood after the other.

// After so many failures an event is taken: the third wait would be a minute.
const maxFailures = 2
const takenBeforeGone = 15

/** What came to an endpoint. */
export interface EndpointAccount {
  path: string
  requests: number
  /** Event ids in the order in which they were taken for the first time. */
  taken: string[]
  /** How often an event was taken that had been taken before. */
  again: number
  badSignatures: string[]
  moods: Partial<Record<Mood | 'gone', number>>
  /** Requests to an endpoint that had said 410. */
  afterGone: number
}

interface Receiving {
  endpoint: Endpoint
  account: EndpointAccount
  verifier: Webhook
  taken: Set<string>
  failures: Map<string, number>
}

const byPath = new Map<string, Receiving>()
let random = new Random([1])
let isCalm = false

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // The gateway was killed while it sent.
    return
  }
  const receiving = byPath.get(request.url ?? '')
  if (receiving === undefined) {
    response.writeHead(404).end()
    return
  }
  const { endpoint, account } = receiving
  account.requests += 1
  const id = String(request.headers['webhook-id'])
  checkSignatures(receiving, request, Buffer.concat(chunks))
  if (endpoint.kind === 'hanging') return
  if (endpoint.kind === 'gone') return answerGone(receiving, response, id)
  const mood = isCalm || (receiving.failures.get(id) ?? 0) >= maxFailures ? 'fine' : pickMood(random)
  account.moods[mood] = (account.moods[mood] ?? 0) + 1
  if (!takes(mood)) receiving.failures.set(id, (receiving.failures.get(id) ?? 0) + 1)
  else note(receiving, id)
  await answer(response, mood, random)
}

function note({ account, taken, failures }: Receiving, id: string): void {
  if (taken.has(id)) account.again += 1
  else account.taken.push(id)
  taken.add(id)
  failures.delete(id)
}

function answerGone(receiving: Receiving, response: ServerResponse, id: string): void {
  const { account } = receiving
  const isGone = account.taken.length >= takenBeforeGone
  if (isGone) {
    account.moods.gone = (account.moods.gone ?? 0) + 1
    account.afterGone += 1
    response.writeHead(410).end()
    return
  }
  note(receiving, id)
  response.writeHead(204).end()
}

function checkSignatures({ endpoint, account, verifier }: Receiving, { headers }: IncomingMessage, body: Buffer): void {
  try {
    verifier.verify(body, headers as Record<string, string>)
    const signed = `${headers['x-webhook-clickfunnels-timestamp']}.`
    const expected = createHmac('sha256', endpoint.secret).update(signed).update(body).digest('hex')
    if (headers['x-webhook-clickfunnels-signature'] !== expected) throw new Error("ClickFunnels' signature is wrong")
    if (headers['x-webhook-clickfunnels-id'] !== headers['webhook-id']) throw new Error('the ids differ')
    if (!body.includes(String(headers['webhook-id']))) throw new Error('the id is not that of the event')
  } catch (error) {
    account.badSignatures.push(`${headers['webhook-id']}: ${error instanceof Error ? error.message : error}`)
  }
}

obey({
  async open(seed: number): Promise<string> {
    random = new Random([seed, 6])
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      response.on('error', () => {})
      void receive(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
  serve(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      const { path, standardWebhooksSecret } = endpoint
      byPath.set(path, {
        endpoint,
        account: { path, requests: 0, taken: [], again: 0, badSignatures: [], moods: {}, afterGone: 0 },
        verifier: new Webhook(standardWebhooksSecret),
        taken: new Set(),
        failures: new Map(),
      })
    }
  },
  /** No bad moods any more. */
  calm() {
    isCalm = true
  },
  report: (): EndpointAccount[] => [...byPath.values()].map(({ account }) => account),
})
