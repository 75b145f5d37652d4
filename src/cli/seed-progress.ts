import type { WriteStream } from 'node:tty'
import type { SeedProgress } from '../seed/seed.ts'

const width = 30
const said: Record<SeedProgress['phase'], string> = {
  orders: 'orders',
  keys: 'keys and indexes',
  statistics: 'statistics',
  references: 'foreign keys',
}

/** Shows how far a seed is: a bar on a terminal, else a line for every tenth. */
export class SeedProgressLine {
  readonly #stream: Pick<WriteStream, 'write'> & { isTTY?: boolean }
  #last = ''
  #isOpen = false

  constructor(stream: Pick<WriteStream, 'write'> & { isTTY?: boolean }) {
    this.#stream = stream
  }

  show({ phase, done, total }: SeedProgress): void {
    const share = total === 0 ? 1 : done / total
    const percent = this.#stream.isTTY ? Math.floor(share * 100) : Math.floor(share * 10) * 10
    const text = `${String(percent).padStart(3)} % ${said[phase]}`
    if (text === this.#last) return
    this.#last = text
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text.trimStart()}\n`)
      return
    }
    const filled = Math.round(share * width)
    this.#stream.write(`\r\x1b[2K[${'█'.repeat(filled)}${' '.repeat(width - filled)}] ${text}`)
    this.#isOpen = true
  }

  /** Leaves the line, so that whatever comes next has one of its own. */
  end(): void {
    if (this.#isOpen) this.#stream.write('\n')
    this.#isOpen = false
  }
}
