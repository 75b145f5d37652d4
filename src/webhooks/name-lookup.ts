import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'

/** Finds all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: { all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

const timeoutMs = 2_000
const tries = 2
const maxKeptMs = 30_000
const minKeptMs = 1_000
const refusedKeptMs = 5_000
const maxKept = 1_000

/**
 * Looks names up in the DNS, each once at a time. The operating system's own lookup holds one of four threads of the process for
 * as long as a name server says nothing. This one does not read the hosts file: what stands there is hardly public, save
 * `localhost`, which is answered here.
 */
export class NameLookup implements Disposable {
  readonly #resolver = new Resolver({ timeout: timeoutMs, tries })
  readonly #known = new Map<string, { addresses: Promise<LookupAddress[]>; keptUntil: number }>()

  constructor({ servers }: { servers?: readonly string[] } = {}) {
    if (servers !== undefined) this.#resolver.setServers(servers)
  }

  readonly resolve: Resolve = (hostname, _options, done) => {
    this.#addresses(hostname.toLowerCase()).then(
      addresses => done(null, addresses),
      (error: Error) => done(error, []),
    )
  };

  [Symbol.dispose](): void {
    this.#resolver.cancel()
  }

  #addresses(name: string): Promise<LookupAddress[]> {
    if (/^(.+\.)?localhost\.?$/.test(name)) return Promise.resolve(loopback)
    const known = this.#known.get(name)
    if (known !== undefined && known.keptUntil > performance.now()) return known.addresses
    this.#forget()
    const addresses = this.#ask(name)
    // While it is asked for, for as long as it takes.
    const entry = { addresses, keptUntil: Number.POSITIVE_INFINITY }
    this.#known.set(name, entry)
    const keep = (milliseconds: number) => {
      entry.keptUntil = performance.now() + milliseconds
    }
    addresses.then(
      found => keep(Math.max(minKeptMs, Math.min(maxKeptMs, ...found.map(({ ttl }) => ttl * 1_000)))),
      () => keep(refusedKeptMs),
    )
    return addresses
  }

  async #ask(name: string): Promise<(LookupAddress & { ttl: number })[]> {
    const [four, six] = await Promise.allSettled([
      this.#resolver.resolve4(name, { ttl: true }),
      this.#resolver.resolve6(name, { ttl: true }),
    ])
    const found = [
      ...(four.status === 'fulfilled' ? four.value.map(one => ({ ...one, family: 4 })) : []),
      ...(six.status === 'fulfilled' ? six.value.map(one => ({ ...one, family: 6 })) : []),
    ]
    if (found.length === 0) throw four.status === 'rejected' ? four.reason : new Error(`${name} has no address`)
    return found
  }

  #forget(): void {
    if (this.#known.size < maxKept) return
    for (const [name, { keptUntil }] of this.#known) {
      if (keptUntil <= performance.now()) this.#known.delete(name)
    }
  }
}

const loopback = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]
