import { randomUUID } from 'node:crypto'

/** The id of a request: the client's own when it is a sane one, otherwise a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(header) ? header : randomUUID()
}
