import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../src/seed/random.ts'

/** How the receiver answers. The first ones take the event; after the others it has to come again. */
const moods = {
  fine: 74,
  huge: 4,
  slow: 4,
  error: 6,
  reset: 4,
  redirect: 3,
  busy: 3.5,
  silent: 0.75,
  endless: 0.75,
}
export type Mood = keyof typeof moods

const taking = new Set<Mood>(['fine', 'huge', 'slow'])
const goodStatuses = [200, 201, 202, 204, 207, 226]
const badStatuses = [400, 404, 500, 502, 503]
const hugeBytes = 1024 * 1024

/** Whether an answer in this mood takes the event. */
export function takes(mood: Mood): boolean {
  return taking.has(mood)
}

export function pickMood(random: Random): Mood {
  return random.choose(moods)
}

/** Answers in a mood. Resolves when everything was handed over, false: the other side was gone before. */
export async function answer(response: ServerResponse, mood: Mood, random: Random): Promise<boolean> {
  const { socket } = response
  switch (mood) {
    case 'fine':
      response.writeHead(random.pick(goodStatuses), { 'content-length': 0 }).end()
      break
    case 'huge':
      // The rest is not read: the connection is cut, which is no failure.
      response.writeHead(200).end(Buffer.alloc(hugeBytes, 'x'))
      return socket?.destroyed === false
    case 'slow':
      response.writeHead(200)
      for (let n = 0; n < 10; n += 1) {
        response.write('.')
        await delay(random.between(50, 300))
      }
      response.end()
      break
    case 'error':
      response.writeHead(random.pick(badStatuses)).end('no')
      break
    case 'reset':
      socket?.resetAndDestroy()
      break
    case 'redirect':
      response.writeHead(random.pick([301, 302, 307, 308]), { location: '/elsewhere' }).end()
      break
    case 'busy':
      response.writeHead(429, { 'retry-after': '2' }).end()
      break
    case 'silent':
      break
    case 'endless':
      response.writeHead(200)
      while (!response.destroyed) {
        response.write('.')
        await delay(500)
      }
      break
  }
  return socket?.destroyed === false
}
