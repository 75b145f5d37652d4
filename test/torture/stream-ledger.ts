import { placeOfCursor } from './cursor-place.ts'
import { addIds, idNumber } from './id-sum.ts'

const maxViolations = 5

/** What a subscriber got, summed up: how many, from where to where, and the sum of their ids. */
export interface StreamAccount {
  workspaceId: string
  /** Whether it follows invoices only. */
  isFiltered: boolean
  kind: string
  /** Events after this sequence were followed; undefined when nothing ever came. */
  start: number | undefined
  /** Everything up to this sequence came, or was passed over by the filter. */
  position: number
  count: number
  ids: number
  violations: string[]
  /** Whether it was left before the end of the log. */
  isPartial: boolean
}

/** The account of a subscriber, checked item by item so that it stays as small as it is. */
export class StreamLedger {
  readonly account: StreamAccount
  #cursor: string | undefined

  constructor(workspaceId: string, kind: string, isFiltered: boolean) {
    this.account = {
      workspaceId,
      kind,
      isFiltered,
      start: undefined,
      position: 0,
      count: 0,
      ids: 0,
      violations: [],
      isPartial: false,
    }
  }

  /** Where to go on after a cut; undefined before anything came. */
  get cursor(): string | undefined {
    return this.#cursor
  }

  /** An event came. */
  event(sequence: number, id: string, cursor: string): void {
    const { account } = this
    if (account.start === undefined) {
      account.start = sequence - 1
      account.position = sequence - 1
    }
    if (account.isFiltered ? sequence <= account.position : sequence !== account.position + 1)
      this.#violate(`${account.position} is followed by ${sequence}`)
    account.position = sequence
    account.count += 1
    account.ids = addIds(account.ids, idNumber(id))
    this.#cursor = cursor
  }

  /** Something came that only says where the stream is: a control item, or why it was closed. */
  place(cursor: string, what: string): void {
    const { account } = this
    const sequence = placeOfCursor(cursor)
    if (account.start === undefined) {
      account.start = sequence
      account.position = sequence
    }
    if (Number.isNaN(sequence) || (account.isFiltered ? sequence < account.position : sequence !== account.position))
      this.#violate(`${what} at ${sequence} after ${account.position}`)
    account.position = Math.max(account.position, sequence)
    this.#cursor = cursor
  }

  #violate(what: string): void {
    if (this.account.violations.length < maxViolations) this.account.violations.push(what)
  }
}
