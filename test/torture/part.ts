import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

interface Order {
  id: number
  act: string
  argument: unknown
}

interface Answer {
  id: number
  value?: unknown
  failure?: string
}

/** A part of the torture in a process of its own, which does what it is told. */
export class Part implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #exited: Promise<unknown>
  #orders = 0
  #isGone = false

  constructor(file: string) {
    this.#child = fork(new URL(file, import.meta.url), { serialization: 'advanced' })
    this.pid = this.#child.pid ?? 0
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', ({ id, value, failure }: Answer) => {
      const asked = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (failure === undefined) asked?.resolve(value)
      else asked?.reject(new Error(`${file}: ${failure}`))
    })
    // Whoever asks hears that nobody answers.
    this.#child.on('error', () => {})
    this.#child.on('exit', code => {
      this.#isGone = true
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}`))
    })
  }

  /** Has it act, and waits for what it answers. */
  async ask<Value>(act: string, argument?: unknown): Promise<Value> {
    if (this.#isGone) throw new Error(`nobody is there to ${act}`)
    const asked = Promise.withResolvers<unknown>()
    this.#orders += 1
    this.#waiting.set(this.#orders, asked)
    this.#child.send({ id: this.#orders, act, argument } satisfies Order)
    return (await asked.promise) as Value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    if (!this.#isGone) await this.#exited
  }
}

/** The other side: does what the torture tells this process, by the names of the acts; ends with it. */
export function obey(acts: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', async ({ id, act, argument }: Order) => {
    const answer = (answer: Answer) => process.send?.(answer)
    try {
      const run = acts[act]
      if (run === undefined) throw new Error(`there is no act ${act}`)
      answer({ id, value: await run(argument as never) })
    } catch (error) {
      answer({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
  // A terminal tells all of its processes; the first one decides.
  process.on('SIGINT', () => {})
}
