import { bearer, send } from './send.js'

const shortestPauseMs = 500
const longestPauseMs = 10_000

/**
 * Follows the event log of a key's workspace until the returned function is called: the latest events first, then each
 * as it happens; after a cut it goes on behind the last one.
 * @param {object} options
 * @param {string} options.lookups the document with `LatestEvents` and `FollowLog`
 * @param {string} options.key
 * @param {{ cursor?: string }} options.place where to go on; kept up to date
 * @param {() => void} options.onRestart what was shown is not what comes before the next events
 * @param {(events: object[], isLive: boolean) => void} options.onEvents oldest first
 * @param {(state: string, words: string) => void} options.onState
 */
export function followLog({ lookups, key, place, onRestart, onEvents, onState }) {
  const stopping = new AbortController()
  const ask = (operationName, variables) => send({ query: lookups, operationName, variables }, bearer(key))

  async function catchUp() {
    const latest = dataOf(await ask('LatestEvents')).events.edges.map(edge => edge.node)
    if (stopping.signal.aborted) return
    place.cursor = latest.at(-1)?.cursor ?? 'START'
    onRestart()
    if (latest.length > 0) onEvents(latest, false)
  }

  async function listen() {
    if (place.cursor === undefined) await catchUp()
    const results = await ask('FollowLog', { after: place.cursor })
    if (!(Symbol.asyncIterator in results)) return dataOf(results)
    stopping.signal.addEventListener('abort', () => results.return(), { once: true })
    if (stopping.signal.aborted) return results.return()
    onState('live', 'Live')
    for await (const result of results) {
      if (stopping.signal.aborted) return
      const item = dataOf(result).events
      // What comes after an expired place is not shown without what came before.
      place.cursor = item.__typename === 'CursorExpired' ? undefined : item.cursor
      if (item.__typename === 'Event') onEvents([item], true)
    }
  }

  async function run() {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const startedAt = Date.now()
      onState('connecting', 'Connecting…')
      const problem = await listen().catch(error => error)
      if (stopping.signal.aborted) return
      if (problem instanceof Refused && problem.isFinal) return onState('refused', problem.message)
      if (problem instanceof Refused && problem.code === 'BAD_CURSOR') place.cursor = undefined
      if (Date.now() - startedAt > longestPauseMs) failures = 0
      onState('waiting', 'Cut off. Trying again…')
      await pause(Math.min(longestPauseMs, shortestPauseMs * 2 ** failures), stopping.signal)
    }
  }

  run()
  return () => stopping.abort()
}

class Refused extends Error {
  constructor({ message, extensions }) {
    super(message)
    this.code = extensions?.code
  }

  get isFinal() {
    return this.code === 'UNAUTHENTICATED' || this.code === 'FORBIDDEN'
  }
}

function dataOf({ data, errors }) {
  if (errors?.length) throw new Refused(errors[0])
  return data
}

function pause(milliseconds, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
  })
}
