interface Entry<Value> {
  value: Value
  weight: number
  isUsed: boolean
}

/** A map of bounded weight. It forgets what was not asked for lately (second chance, in order of insertion). */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #maxWeight: number
  #weight = 0

  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.isUsed = true
    return entry.value
  }

  /** Keeps a value. What is heavier than the whole cache is not kept. */
  set(key: string, value: Value, weight: number): void {
    this.#delete(key)
    if (weight > this.#maxWeight) return
    // Before it comes in: it has had no chance to be asked for.
    while (this.#weight + weight > this.#maxWeight) this.#forgetOne()
    this.#entries.set(key, { value, weight, isUsed: false })
    this.#weight += weight
  }

  #forgetOne(): void {
    for (const [key, entry] of this.#entries) {
      this.#delete(key)
      if (!entry.isUsed) return
      entry.isUsed = false
      this.#entries.set(key, entry)
      this.#weight += entry.weight
    }
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#weight -= entry.weight
  }
}
