import type { Databases } from '../database/connect.ts'
import { statementCount } from '../database/statement-count.ts'
import type { Actor } from '../shared/actor.ts'
import { matchesDigest, readApiKey } from './api-key.ts'
import { findKeyHolder, findKeyHolderById, type KeyHolder, noteKeyUse } from './api-key-store.ts'
import { expandScopes } from './key-scopes.ts'

// With the time between two checks of open sockets, a revoked key ends within 5 s.
const freshMs = 4_000
const useNotedMs = 60_000
const maxEntries = 10_000
// Compared with where there is no key, so that an unknown key id costs what a known one does.
const noDigest = '0'.repeat(64)

interface Entry {
  lookedUpAt: number
  holder: Promise<KnownHolder | undefined>
}

interface KnownHolder {
  actor: Actor
  digest: string
  /** Unix milliseconds; infinite for a key that never expires. */
  expiresAt: number
  usedAt: number
}

/** Who holds which key. Looks into the database at most every 4 s for a key, so a revoked one ends within that. */
export class KeyRing implements AsyncDisposable {
  readonly #databases: Databases
  // In order of their lookup. Unknown ids have a map of their own: guesses must not push out keys that are in use.
  readonly #known = new Map<string, Entry>()
  readonly #unknown = new Map<string, Entry>()
  readonly #writing = new Set<Promise<void>>()

  constructor(databases: Databases) {
    this.#databases = databases
  }

  /** The actor a secret stands for; undefined when unknown, expired or revoked. */
  async authenticate(secret: string): Promise<Actor | undefined> {
    const key = readApiKey(secret)
    if (key === undefined) return undefined
    const holder = await this.#holder(key.keyId, () => findKeyHolder(this.#databases.db, key.keyId))
    const isRight = matchesDigest(key.secret, holder?.digest ?? noDigest)
    if (holder === undefined || !isRight || holder.expiresAt <= Date.now()) return undefined
    this.#noteUse(holder)
    return holder.actor
  }

  /** Who holds the key with this database id, for what the key itself had opened before; undefined when it is no longer good. */
  async actorOf(workspaceId: string, id: string): Promise<Actor | undefined> {
    const holder = await this.#holder(`#${workspaceId}/${id}`, () =>
      findKeyHolderById(this.#databases.db, workspaceId, id),
    )
    return holder === undefined || holder.expiresAt <= Date.now() ? undefined : holder.actor
  }

  #holder(keyId: string, find: () => Promise<KeyHolder | undefined>): Promise<KnownHolder | undefined> {
    const now = performance.now()
    const cached = this.#known.get(keyId) ?? this.#unknown.get(keyId)
    if (cached !== undefined && now - cached.lookedUpAt < freshMs) return cached.holder
    const entry: Entry = { lookedUpAt: now, holder: this.#lookUp(find) }
    const isKnown = this.#known.delete(keyId)
    this.#unknown.delete(keyId)
    put(isKnown ? this.#known : this.#unknown, keyId, entry)
    entry.holder.then(
      holder => this.#file(keyId, entry, holder !== undefined),
      () => this.#remove(keyId, entry),
    )
    return entry.holder
  }

  async #lookUp(find: () => Promise<KeyHolder | undefined>): Promise<KnownHolder | undefined> {
    // Not a statement of the operation that happens to ask first.
    const holder = await statementCount.exit(find)
    return holder === undefined || holder.revoked_at !== null ? undefined : knownHolder(holder)
  }

  #file(keyId: string, entry: Entry, isKnown: boolean): void {
    const [right, wrong] = isKnown ? [this.#known, this.#unknown] : [this.#unknown, this.#known]
    if (wrong.get(keyId) !== entry) return
    wrong.delete(keyId)
    put(right, keyId, entry)
  }

  #remove(keyId: string, entry: Entry): void {
    for (const entries of [this.#known, this.#unknown]) if (entries.get(keyId) === entry) entries.delete(keyId)
  }

  #noteUse(holder: KnownHolder): void {
    const now = Date.now()
    if (now - holder.usedAt < useNotedMs) return
    holder.usedAt = now
    const { id, workspace } = holder.actor
    const writing = statementCount
      .exit(() => noteKeyUse(this.#databases.db, workspace.id, id))
      // The next use tries again; a request must not fail for it.
      .catch(() => {})
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  /** Waits for the notes of uses that are being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writing)
  }
}

function put(entries: Map<string, Entry>, keyId: string, entry: Entry): void {
  entries.set(keyId, entry)
  if (entries.size <= maxEntries) return
  const [oldest] = entries.keys()
  if (oldest !== undefined) entries.delete(oldest)
}

function knownHolder(holder: KeyHolder): KnownHolder {
  return {
    digest: holder.secret_hash,
    expiresAt: holder.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(holder.expires_at),
    usedAt: holder.last_used_at === null ? 0 : Date.parse(holder.last_used_at),
    actor: {
      // What ClickFunnels gives callers of its API (domain 4.1).
      type: 'Platform::Application',
      id: holder.id,
      name: holder.name,
      scopes: expandScopes(holder.scopes),
      workspace: {
        id: holder.workspace_id,
        publicId: holder.workspace_public_id,
        name: holder.workspace_name,
        subdomain: holder.subdomain,
        currency: holder.currency,
        epoch: holder.epoch,
      },
    },
  }
}
