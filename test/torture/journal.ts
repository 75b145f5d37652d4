/** A mutation that was answered with its payload. */
export interface AcknowledgedMutation {
  workspaceId: string
  mutation: 'createOrder' | 'createInvoice' | 'setInvoiceStatus'
  key: string
  /** Database id of the order or invoice. */
  subjectId: string
  /** The last sequence of what it wrote. */
  sequence: number
}

/** Events that were appended in one transaction and committed. */
export interface AcknowledgedAppend {
  workspaceId: string
  last: number
  count: number
  /** The ids, as `addIds` adds them up. */
  ids: number
}

/** What the writers know about what they wrote. */
export interface Journal {
  mutations: AcknowledgedMutation[]
  appends: AcknowledgedAppend[]
  /** Ids of events whose transaction was rolled back. */
  rolledBack: string[]
  /** Transactions that were cut off: nobody knows whether they committed. */
  doubtful: number
  longTransactions: number
  /** Mutations that were sent again because the answer was lost or said so, by reason. */
  retries: Record<string, number>
  /** Mutations that nobody answered up to the end. */
  unanswered: string[]
  /** Acknowledged mutations that were sent once more, to see that the answer is the same. */
  replays: number
  /** What may not happen. */
  violations: string[]
}

export function newJournal(): Journal {
  return {
    mutations: [],
    appends: [],
    rolledBack: [],
    doubtful: 0,
    longTransactions: 0,
    retries: {},
    unanswered: [],
    replays: 0,
    violations: [],
  }
}
