/** The gateway pings an open stream every 12 seconds; one that is silent for longer than this is dead. */
const silenceMs = 40_000

/**
 * Sends an operation to the gateway: its result, or for a subscription an async iterable of results. Throws when there
 * is no answer, or one that is not GraphQL.
 * @param {{ query: string, operationName?: string | null, variables?: unknown }} operation
 * @param {Record<string, string>} headers
 */
export async function send({ query, operationName, variables }, headers) {
  const controller = new AbortController()
  const response = await fetch(location.pathname, {
    method: 'POST',
    credentials: 'omit',
    cache: 'no-store',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ query, operationName: operationName ?? undefined, variables }),
    signal: controller.signal,
  })
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream')) return resultsOf(response.body, controller)
  if (type.includes('json')) return await response.json()
  throw new Error(`The gateway answered ${response.status} ${response.statusText}`.trim())
}

/** The value of an Authorization header. */
export function bearer(key) {
  return { Authorization: `Bearer ${key}` }
}

// Not a generator: `return` must end a stream at once, also while it waits for the next event.
function resultsOf(body, controller) {
  let hasEnded = false
  let timer
  const listen = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(), silenceMs)
  }
  const results = readResults(body, listen)
  listen()
  return {
    async next() {
      try {
        return hasEnded ? { done: true, value: undefined } : await results.next()
      } catch {
        if (hasEnded) return { done: true, value: undefined }
        throw new Error('The connection was lost.')
      }
    },
    async return() {
      hasEnded = true
      clearTimeout(timer)
      controller.abort()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function* readResults(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error('The stream ended before it was complete.')
    onBytes()
    const messages = (rest + value).split(/\r?\n\r?\n/)
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const { event, data } = parseMessage(message)
      if (event === 'complete') return
      if (event === 'next') yield JSON.parse(data)
    }
  }
}

function parseMessage(message) {
  const fields = { event: '', data: '' }
  for (const line of message.split(/\r?\n/)) {
    const [, name, value] = /^(event|data): ?(.*)$/.exec(line) ?? []
    if (name !== undefined) fields[name] += value
  }
  return fields
}
