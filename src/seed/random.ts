/** Four 32-bit words out of any whole numbers; the same numbers always give the same words (cyrb128). */
function mix(numbers: readonly number[]): [number, number, number, number] {
  let a = 1779033703
  let b = 3144134277
  let c = 1013904242
  let d = 2773480762
  for (const number of numbers) {
    a = b ^ Math.imul(a ^ number, 597399067)
    b = c ^ Math.imul(b ^ number, 2869860233)
    c = d ^ Math.imul(c ^ number, 951274213)
    d = a ^ Math.imul(d ^ number, 2716044179)
  }
  a = Math.imul(c ^ (a >>> 18), 597399067)
  b = Math.imul(d ^ (b >>> 22), 2869860233)
  c = Math.imul(a ^ (c >>> 17), 951274213)
  d = Math.imul(b ^ (d >>> 19), 2716044179)
  const all = a ^ b ^ c ^ d
  return [all, b ^ all, c ^ all, d ^ all]
}

/** A number from 0 up to, but not including, 1; the same key always gives the same one. */
export function seededFraction(key: readonly number[]): number {
  return (mix(key)[0] >>> 0) / 4294967296
}

/** Numbers that look random and are the same for the same key (sfc32). */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(key: readonly number[]) {
    const [a, b, c, counter] = mix(key)
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
    for (let i = 0; i < 4; i += 1) this.next()
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4294967296
  }

  /** A number from `min` up to, but not including, `max`. */
  between(min: number, max: number): number {
    return min + this.next() * (max - min)
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** True this often: 0 never, 1 always. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of a list, all as likely. Throws for an empty one. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  /** One of the keys, as likely as its weight says; the weights add up to 100. */
  choose<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    let rest = this.next() * 100
    let chosen: Key | undefined
    for (const key in weights) {
      chosen = key
      rest -= weights[key]
      if (rest < 0) break
    }
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }
}

/** A UUID as four 32-bit words. */
export type UuidWords = readonly [number, number, number, number]

/** A version 4 UUID; the same key always gives the same one. */
export function seededUuid(key: readonly number[]): UuidWords {
  const [a, b, c, d] = mix(key)
  return [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d]
}

/** A UUID in hexadecimal digits and dashes. */
export function uuidText([a, b, c, d]: UuidWords): string {
  return `${high(a)}${low(a)}-${high(b)}-${low(b)}-${high(c)}-${low(c)}${high(d)}${low(d)}`
}

const hex = Array.from({ length: 65536 }, (_, number) => number.toString(16).padStart(4, '0'))

function high(word: number): string | undefined {
  return hex[word >>> 16]
}

function low(word: number): string | undefined {
  return hex[word & 0xffff]
}
