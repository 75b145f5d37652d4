import type { IncomingMessage } from 'node:http'

/**
 * The address of the client, for the log. Behind proxies it is the one that so many places from the end of
 * X-Forwarded-For says: everything before that place can be made up.
 */
export function clientAddress({ headers, socket }: IncomingMessage, proxies: number): string | undefined {
  if (proxies === 0) return socket.remoteAddress
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  return forwarded.at(-proxies)?.trim().slice(0, 64) || socket.remoteAddress
}
