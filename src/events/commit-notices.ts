import { randomUUID } from 'node:crypto'

const intervalMs = 20
// Postgres takes less than 8,000 bytes.
const maxPayload = 7_900

/**
 * Tells the other processes in which workspaces something was committed: a hint, at most one message per 20 ms.
 * Whoever misses it polls.
 */
export class CommitNotices {
  readonly #send: (payload: string) => Promise<void>
  readonly #sender = randomUUID()
  readonly #workspaceIds = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #sentAt = Number.NEGATIVE_INFINITY

  constructor(send: (payload: string) => Promise<void>) {
    this.#send = send
  }

  /** Something was committed in this workspace. */
  add(workspaceId: string): void {
    this.#workspaceIds.add(workspaceId)
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#sentAt + intervalMs - performance.now()))
  }

  /** The workspaces that a message of another process names; `all` when they are too many, none for our own messages. */
  read(payload: string): readonly string[] | 'all' {
    const [sender, list = ''] = payload.split(' ')
    if (sender === this.#sender) return []
    return list === '*' ? 'all' : list.split(',')
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #flush(): void {
    const list = [...this.#workspaceIds].join(',')
    this.#workspaceIds.clear()
    this.#timer = undefined
    this.#sentAt = performance.now()
    const payload = `${this.#sender} ${list.length > maxPayload - this.#sender.length ? '*' : list}`
    // Whether it arrives or not, the others poll; a lost connection shows at the next poll.
    this.#send(payload).catch(() => {})
  }
}
