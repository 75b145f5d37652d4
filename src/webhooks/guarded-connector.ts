import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { Resolve } from './name-lookup.ts'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'

/** A connection was not made, since it would have led somewhere else than to the public Internet. */
class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress'

  constructor(host: string) {
    super(`${host} leads to an address that is not public`)
  }
}

interface GuardOptions {
  /** Also lets connections to this machine's loopback through, and only those without TLS. */
  allowLoopback: boolean
  timeoutMs: number
  resolve: Resolve
}

/**
 * Makes connections to public addresses only. The addresses that are checked are the ones that are connected to: a name is
 * looked up once, and a name of which any address is not public is refused as a whole.
 */
export function guardedConnector({ allowLoopback, timeoutMs, resolve }: GuardOptions) {
  const isAllowed = (address: string, protocol: string) =>
    (allowLoopback && isLoopbackAddress(address)) || (protocol === 'https:' && isPublicAddress(address))

  const connectors = new Map(
    ['http:', 'https:'].map(protocol => {
      const guardedLookup: LookupFunction = (hostname, options, done) => {
        resolve(hostname, { all: true }, (error, found) => {
          if (error) return done(error, '')
          const { family } = options
          const fitting = found.filter(one => family === 0 || family === undefined || one.family === family)
          if (fitting.length === 0 || found.some(({ address }) => !isAllowed(address, protocol))) {
            return done(new ForbiddenAddress(hostname), '')
          }
          if (options.all) return done(null, fitting)
          done(null, fitting[0]?.address ?? '', fitting[0]?.family)
        })
      }
      // HTTP/2 would put strangers' requests on one connection; a receiver gets what it knows.
      return [protocol, buildConnector({ timeout: timeoutMs, allowH2: false, lookup: guardedLookup })]
    }),
  )

  return (options: buildConnector.Options, done: buildConnector.Callback): void => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1')
    const connect = connectors.get(options.protocol)
    // A literal address is never looked up.
    if (connect === undefined || (isIP(host) !== 0 && !isAllowed(host, options.protocol))) {
      done(new ForbiddenAddress(host), null)
      return
    }
    connect(options, (error, socket) => {
      if (error !== null) return done(error, null)
      if (isAllowed(socket.remoteAddress ?? '', options.protocol)) return done(null, socket)
      socket.destroy()
      done(new ForbiddenAddress(host), null)
    })
  }
}
