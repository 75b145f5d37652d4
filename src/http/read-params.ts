import type { IncomingMessage } from 'node:http'
import { readBody } from './read-body.ts'
import { Refusal } from './refusal.ts'

/**
 * The GraphQL parameters of a request, as they came: what they must be is checked later. Throws a {@link Refusal} when
 * they cannot be read.
 */
export async function readParams(request: IncomingMessage): Promise<unknown> {
  const isGet = request.method === 'GET'
  const params = isGet ? paramsOfUrl(request.url ?? '') : parseJson(await readBody(request), 'The body')
  if (typeof params === 'object' && params !== null && !Array.isArray(params) && !hasQuery(params)) {
    throw new Refusal(400, 'BAD_REQUEST', 'The parameter query is missing.')
  }
  return params
}

function hasQuery(params: { query?: unknown }): boolean {
  return params.query !== undefined && params.query !== null
}

function paramsOfUrl(url: string): Record<string, unknown> {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  const params = new URLSearchParams(query)
  const text = (name: string) => params.get(name) || undefined
  const json = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : parseJson(value, name)
  }
  return {
    query: text('query'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'BAD_REQUEST', `${what} is not JSON.`)
  }
}
