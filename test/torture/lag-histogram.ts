const steps = 400
const base = Math.log(1.04)

/** How late things came, in steps of 4 %: small, however many there are. */
export class LagHistogram {
  readonly counts = new Array<number>(steps).fill(0)
  #total = 0

  add(milliseconds: number): void {
    const step = Math.min(steps - 1, Math.floor(Math.log(Math.max(0, milliseconds) + 1) / base))
    this.counts[step] = (this.counts[step] ?? 0) + 1
    this.#total += 1
  }

  get total(): number {
    return this.#total
  }

  /** The lag that this share of all stayed below, in milliseconds. */
  percentile(share: number): number {
    let left = this.#total * share
    const step = this.counts.findIndex(count => {
      left -= count
      return left <= 0
    })
    return Math.round(Math.exp((step + 1) * base) - 1)
  }
}
