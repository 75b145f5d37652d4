const part = 8

/** Something that many share: each may always have a minimum, and borrow an eighth of what the others leave. */
export class FairShare {
  readonly #shared: number
  readonly #minimum: number
  #borrowed = 0

  constructor({ shared, minimum }: { shared: number; minimum: number }) {
    this.#shared = shared
    this.#minimum = minimum
  }

  /** How much one that holds so much may hold. */
  most(held: number): number {
    const left = this.#shared - this.#borrowed + this.#beyond(held)
    return this.#minimum + Math.max(0, Math.floor(left / part))
  }

  /** Notes that one that held so much now holds another amount. */
  moved(before: number, after: number): void {
    this.#borrowed += this.#beyond(after) - this.#beyond(before)
  }

  #beyond(held: number): number {
    return Math.max(0, held - this.#minimum)
  }
}
