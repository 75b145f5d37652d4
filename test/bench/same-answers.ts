import { readFileSync } from 'node:fs'
import type { RequestBodies } from './request-bodies.ts'

const compared = 50

interface Endpoint {
  url: string
  key?: string
}

/**
 * Throws unless the ceiling answers as the gateway does, byte for byte, and PostGraphile with the same orders, lines and
 * invoices, for the first requests of each file.
 */
export async function checkAnswers(
  gateway: Endpoint,
  ceiling: Endpoint,
  postgraphile: Endpoint,
  bodies: RequestBodies,
): Promise<{ deepPageBytes: number }> {
  let bytes = 0
  for (const document of ['deepPage', 'oneOrder'] as const) {
    const others = requestsIn(document === 'deepPage' ? bodies.postgraphileDeepPage : bodies.postgraphileOneOrder)
    for (const [index, body] of requestsIn(bodies[document]).entries()) {
      // Twice: the first answers of the gateway come another way.
      const answers = [await ask(gateway, body), await ask(gateway, body), await ask(gateway, body)]
      const answer = await ask(ceiling, body)
      if (answers.some(other => other !== answer))
        throw new Error(`${document}: gateway and ceiling differ for ${body}`)
      const peer = await ask(postgraphile, others[index] ?? '')
      if (factsIn(peer) !== factsIn(answer)) throw new Error(`${document}: PostGraphile answers otherwise for ${body}`)
      if (document === 'deepPage') bytes += answer.length / compared
    }
  }
  return { deepPageBytes: Math.round(bytes) }
}

function requestsIn(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n', compared)
}

async function ask({ url, key }: Endpoint, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) }
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  if (response.status !== 200 || text.includes('"errors"')) throw new Error(`${url}: ${response.status} ${text}`)
  return text
}

// What both schemas call by the same name, in the order in which it stands: the order itself, and what hangs on it.
function factsIn(answer: string): string {
  const names = /"(?:quantity|emailAddress|sku|number|totalAmount)":"?#?([^",}]+)/g
  return [...answer.matchAll(names)].map(([, value]) => value).join()
}
