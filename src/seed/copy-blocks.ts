const blockBytes = 64 * 1024
const longestPlain = 48
const epoch = Date.UTC(2000, 0, 1)

/**
 * Values in the binary format of COPY, one after the other in blocks. Each block goes out as a message of its own: small
 * enough that the server keeps it in its cache while it reads the rows.
 */
export class CopyBlocks {
  readonly #spare: Buffer[]
  #full: Buffer[] = []
  #block: Buffer = Buffer.alloc(0)
  #view = new DataView(this.#block.buffer, 0, 0)
  #at = 0
  #fullBytes = 0
  // Times and texts often come twice in a row.
  #lastTime = '2000-01-01T00:00:00Z'
  #lastMicros = 0
  #lastText = ''
  #lastBlock = this.#block
  #lastAt = 0
  #lastBytes = 0

  /** `spare`: blocks that nobody needs any more, whole ones. New memory costs more than what is written to it. */
  constructor(spare: Buffer[]) {
    this.#spare = spare
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#fullBytes + this.#at
  }

  /** Hands the blocks over and starts anew. */
  take(): Buffer[] {
    this.#startBlock(0)
    const blocks = this.#full
    this.#full = []
    this.#fullBytes = 0
    this.#lastText = ''
    this.#lastBytes = 0
    return blocks
  }

  bytes(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    this.#block.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** How many columns the next row has. */
  columns(count: number): void {
    this.#makeRoom(2)
    this.#view.setInt16(this.#at, count)
    this.#at += 2
  }

  null(): void {
    this.#makeRoom(4)
    this.#view.setInt32(this.#at, -1)
    this.#at += 4
  }

  boolean(value: boolean): void {
    this.#start(1)
    this.#view.setUint8(this.#at, value ? 1 : 0)
    this.#at += 1
  }

  int2(value: number): void {
    this.#start(2)
    this.#view.setInt16(this.#at, value)
    this.#at += 2
  }

  int4(value: number): void {
    this.#start(4)
    this.#view.setInt32(this.#at, value)
    this.#at += 4
  }

  /** A whole number that a double holds exactly. */
  int8(value: number): void {
    this.#start(8)
    this.#view.setInt32(this.#at, Math.floor(value / 4294967296))
    this.#view.setUint32(this.#at + 4, value >>> 0)
    this.#at += 8
  }

  /** A time as RFC 3339 writes it, to the millisecond. */
  time(text: string): void {
    if (text !== this.#lastTime) {
      const milliseconds = Date.parse(text)
      if (Number.isNaN(milliseconds)) throw new RangeError(`${text} is no time`)
      this.#lastTime = text
      this.#lastMicros = (milliseconds - epoch) * 1000
    }
    this.int8(this.#lastMicros)
  }

  /** A value that is so many 32-bit words, such as a UUID. */
  words(words: readonly number[]): void {
    this.#start(4 * words.length)
    for (const word of words) {
      this.#view.setInt32(this.#at, word)
      this.#at += 4
    }
  }

  uuid(text: string): void {
    this.#start(16)
    for (let index = 0; index < 36; index += 2) {
      if (text.charCodeAt(index) === dash) index += 1
      this.#block[this.#at] = 16 * hexDigit(text.charCodeAt(index)) + hexDigit(text.charCodeAt(index + 1))
      this.#at += 1
    }
  }

  /** An amount of no less than nothing, in digits. */
  numeric(text: string): void {
    if (!amount.test(text)) throw new RangeError(`${text} is no amount`)
    const point = text.indexOf('.')
    const whole = point < 0 ? text.length : point
    const scale = Math.max(0, text.length - whole - 1)
    const first = Math.ceil(whole / 4)
    const groups = first + Math.ceil(scale / 4)
    this.#start(8 + 2 * groups)
    this.#view.setInt16(this.#at, groups)
    this.#view.setInt16(this.#at + 2, first - 1)
    this.#view.setInt16(this.#at + 4, 0)
    this.#view.setInt16(this.#at + 6, scale)
    this.#at += 8
    for (let group = 0; group < groups; group += 1) {
      const from = group < first ? whole - 4 * (first - group) : whole + 1 + 4 * (group - first)
      this.#view.setInt16(this.#at, fourDigits(text, from))
      this.#at += 2
    }
  }

  text(text: string): void {
    if (text.length > longestPlain) this.#longText(text)
    else this.#shortText(text)
  }

  #shortText(text: string): void {
    const { length } = text
    this.#makeRoom(4 + 3 * length)
    const start = this.#at + 4
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index)
      if (code > 127) {
        this.#finishText(start, this.#block.write(text, start))
        return
      }
      this.#block[start + index] = code
    }
    this.#finishText(start, length)
  }

  #longText(text: string): void {
    if (text === this.#lastText) {
      this.#makeRoom(4 + this.#lastBytes)
      this.#lastBlock.copy(this.#block, this.#at + 4, this.#lastAt, this.#lastAt + this.#lastBytes)
      this.#finishText(this.#at + 4, this.#lastBytes)
      return
    }
    this.#makeRoom(4 + 3 * text.length)
    const start = this.#at + 4
    this.#finishText(start, this.#block.write(text, start))
    this.#lastText = text
    this.#lastBlock = this.#block
    this.#lastAt = start
    this.#lastBytes = this.#at - start
  }

  #finishText(start: number, bytes: number): void {
    this.#view.setInt32(start - 4, bytes)
    this.#at = start + bytes
  }

  #start(bytes: number): void {
    this.#makeRoom(4 + bytes)
    this.#view.setInt32(this.#at, bytes)
    this.#at += 4
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes > this.#block.length) this.#startBlock(Math.max(bytes, blockBytes))
  }

  #startBlock(bytes: number): void {
    if (this.#at > 0) this.#full.push(this.#block.subarray(0, this.#at))
    this.#fullBytes += this.#at
    this.#block = (bytes === blockBytes ? this.#spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(bytes)
    this.#view = new DataView(this.#block.buffer)
    this.#at = 0
  }
}

/** The whole of a block that was handed over, for {@link CopyBlocks} to write to again; nothing of an uncommon size. */
export function asSpare({ buffer }: Buffer): Buffer[] {
  return buffer.byteLength === blockBytes ? [Buffer.from(buffer)] : []
}

const amount = /^\d+(\.\d+)?$/
const dash = '-'.charCodeAt(0)
const zero = '0'.charCodeAt(0)

function hexDigit(code: number): number {
  return code > 96 ? code - 87 : code - zero
}

/** Four decimal digits from there; what lies beyond either end is zero. */
function fourDigits(text: string, from: number): number {
  let number = 0
  for (let index = from; index < from + 4; index += 1) {
    const digit = index < 0 || index >= text.length ? 0 : text.charCodeAt(index) - zero
    number = 10 * number + digit
  }
  return number
}
