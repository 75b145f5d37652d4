import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Lets pages of exactly these origins call the gateway, without cookies. Answers preflights, and says whether it has
 * answered. No origins: no page but our own can, and OPTIONS is a method like any other.
 */
export function crossOrigin(
  origins: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  if (origins.length === 0) return () => false
  const allowed = new Set(origins)
  return (request, response) => {
    const { origin } = request.headers
    const isAllowed = origin !== undefined && allowed.has(origin)
    response.setHeader('vary', 'Origin')
    if (isAllowed) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-expose-headers', 'x-request-id, retry-after')
    }
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
    if (isAllowed) {
      response.setHeader('access-control-allow-methods', 'GET, POST')
      response.setHeader('access-control-allow-headers', 'authorization, content-type, x-request-id')
      response.setHeader('access-control-max-age', '600')
    }
    response.writeHead(204).end()
    return true
  }
}

/**
 * Whether a page may open a WebSocket: it is of the gateway's own host, or of an origin that is let in. Programs, which
 * have no origin, may.
 */
export function mayOpenSocket(
  { headers }: IncomingMessage,
  { corsOrigins, trustProxy }: { corsOrigins: readonly string[]; trustProxy: number },
): boolean {
  const { origin, host } = headers
  if (origin === undefined || corsOrigins.includes(origin)) return true
  // Proxies may put a host of their own in its place.
  const forwardedHost = trustProxy > 0 ? headers['x-forwarded-host'] : undefined
  return URL.parse(origin)?.host === (forwardedHost ?? host)
}
