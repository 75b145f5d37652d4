import type { Random } from '../../src/seed/random.ts'

const avoidedMs = 1_000

/** Where to connect to: any gateway that did not refuse just now, as behind a load balancer. */
export class GatewayChoice {
  readonly #urls: readonly string[]
  readonly #random: Random
  readonly #refusedAt = new Map<string, number>()

  constructor(urls: readonly string[], random: Random) {
    this.#urls = urls
    this.#random = random
  }

  pick(): string {
    const good = this.#urls.filter(url => performance.now() - (this.#refusedAt.get(url) ?? -avoidedMs) >= avoidedMs)
    return this.#random.pick(good.length > 0 ? good : this.#urls)
  }

  /** Nobody was there. */
  refused(url: string): void {
    this.#refusedAt.set(url, performance.now())
  }
}
