import { request } from 'node:http'
import { secret, type TestGateway } from './test-gateway.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test says it is
  json: any
}

export interface Sent {
  method?: string
  path?: string
  /** undefined: the header is not sent. */
  headers?: Record<string, string | undefined>
  body?: string | Buffer
}

/** Sends one request over a connection of its own, with a good key and JSON unless the headers say otherwise. */
export function send(gateway: TestGateway, sent: Sent): Promise<Answer> {
  const { method = 'POST', path = '/graphql', headers = {}, body } = sent
  const all = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers }
  const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return new Promise((resolve, reject) => {
    const outgoing = request(
      gateway.url + path,
      { method, headers: Object.fromEntries(given), agent: false },
      response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const isJson = response.headers['content-type']?.includes('json')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : undefined,
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Posts one operation. */
export function post(
  gateway: TestGateway,
  query: string,
  variables?: unknown,
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  return send(gateway, { headers, body: JSON.stringify({ query, variables }) })
}

/** The codes of the errors of an answer. */
export function codes(answer: Answer): string[] {
  return answer.json.errors?.map((error: { extensions?: { code?: string } }) => error.extensions?.code)
}
