import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an address that a server is bound to can be reached from its own machine only. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family === 0 ? address === 'localhost' : loopback.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

// A page of another site can make its own name stand for 127.0.0.1: then the browser names that site as the host.
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

/**
 * Whether a request was typed into a browser on this machine: sent to a loopback name, not by the script of a page, and
 * not through a proxy.
 */
export function isAskedLocally({ headers }: IncomingMessage): boolean {
  const isProxied = Object.keys(headers).some(name => /^(forwarded|via|x-forwarded-.*|x-real-ip)$/.test(name))
  return loopbackHost.test(headers.host ?? '') && headers.origin === undefined && !isProxied
}
