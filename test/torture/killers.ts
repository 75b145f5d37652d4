import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../src/seed/random.ts'
import type { GatewayProcess } from './gateway-process.ts'
import type { TorturedPostgres } from './postgres.ts'

/** Who can be killed, and how that goes on. */
export interface Victims {
  /** The gateway that stays, apart from being killed. */
  first: GatewayProcess
  /** The gateway that joins and leaves. */
  second: GatewayProcess
  postgres: TorturedPostgres
}

/** What was done to them. */
export interface Killings {
  gatewayKills: number
  backendKills: number
  postgresKills: number
  joins: number
  leaves: number
  /** How long PostgreSQL was away after each kill of all its processes, in milliseconds. */
  away: number[]
}

/** Kills and restarts until it is told to stop; everybody runs when it has stopped. */
export class Killers {
  readonly done: Killings = { gatewayKills: 0, backendKills: 0, postgresKills: 0, joins: 0, leaves: 0, away: [] }
  readonly #victims: Victims
  readonly #random: Random
  readonly #stop = new AbortController()
  readonly #calm = new AbortController()
  readonly #running: Promise<unknown>

  constructor(victims: Victims, random: Random) {
    this.#victims = victims
    this.#random = random
    this.#running = Promise.all([this.#killFirst(), this.#killPostgres(), this.#joinAndLeave()])
    // Whoever stops it hears of what went wrong.
    this.#running.catch(() => {})
  }

  /** No more kills with -9: the second gateway goes on to join and to leave in order. */
  calm(): void {
    this.#calm.abort()
  }

  /** Stops, with the second gateway away. */
  async stop(): Promise<void> {
    this.#calm.abort()
    this.#stop.abort()
    await this.#running
  }

  async #killFirst(): Promise<void> {
    const { first } = this.#victims
    while (await this.#wait(12_000, 32_000, this.#calm.signal)) {
      await first.kill()
      this.done.gatewayKills += 1
      await delay(this.#random.between(0, 1_500))
      await first.start()
    }
  }

  async #killPostgres(): Promise<void> {
    const { postgres } = this.#victims
    while (await this.#wait(9_000, 25_000, this.#calm.signal)) {
      if (this.#random.chance(0.5)) {
        await postgres.killBackend(this.#random)
        this.done.backendKills += 1
        continue
      }
      const killedAt = performance.now()
      await postgres.killAll()
      this.done.postgresKills += 1
      await postgres.answers()
      this.done.away.push(Math.round(performance.now() - killedAt))
    }
  }

  async #joinAndLeave(): Promise<void> {
    const { second } = this.#victims
    while (await this.#wait(3_000, 8_000, this.#stop.signal)) {
      await second.start()
      this.done.joins += 1
      await this.#wait(8_000, 20_000, this.#stop.signal)
      const isKilled = !this.#calm.signal.aborted && this.#random.chance(0.4)
      if (isKilled) await second.kill()
      else await second.stop()
      if (isKilled) this.done.gatewayKills += 1
      else this.done.leaves += 1
    }
  }

  /** Waits for some time; false when it was told to stop. */
  async #wait(fromMs: number, toMs: number, signal: AbortSignal): Promise<boolean> {
    return delay(this.#random.between(fromMs, toMs), true, { signal }).catch(() => false)
  }
}
