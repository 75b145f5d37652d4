import { type Context, perContext } from './context.ts'

/** Finds the values of keys that were asked for together. */
type Load<Value> = (context: Context, keys: readonly string[]) => Promise<(key: string) => Value>

/** Is told what becomes of a {@link Loading}. */
export interface Follower {
  loaded(value: unknown): void
  failed(error: unknown): void
}

/**
 * A loader (dataloader's idea): keys asked for in one tick are loaded in one go, each once in a context. It gives for a
 * key what is a promise for everybody, and for compiled execution something that costs less than promises.
 */
export function loader<Value>(load: Load<Value>): (context: Context) => Loader<Value> {
  return perContext(context => new Loader(context, load))
}

export class Loader<Value> {
  readonly #context: Context
  readonly #load: Load<Value>
  readonly #known = new Map<string, Loading<Value>>()
  #batch: Loading<Value>[] = []

  constructor(context: Context, load: Load<Value>) {
    this.#context = context
    this.#load = load
  }

  load(key: string): Loading<Value> {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const loading = new Loading<Value>(key)
    this.#known.set(key, loading)
    if (this.#batch.push(loading) === 1) afterPromises(() => this.#dispatch())
    return loading
  }

  async #dispatch(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    let valueOf: (key: string) => Value
    try {
      valueOf = await this.#load(
        this.#context,
        batch.map(({ key }) => key),
      )
    } catch (error) {
      // What failed once is not asked for again in this context: it is one operation.
      for (const loading of batch) loading.fail(error)
      return
    }
    for (const loading of batch) loading.settle(valueOf(loading.key))
  }
}

const settled = Promise.resolve()

// Whatever goes on from values that are there already asks for its keys before then.
function afterPromises(act: () => void): void {
  settled.then(() => process.nextTick(act))
}

/** The value of a key that is being loaded, or has been. */
export class Loading<Value> implements Promise<Value> {
  readonly [Symbol.toStringTag] = 'Loading'
  readonly key: string
  /** The value, once it is there. */
  value: Value | undefined
  #state: 'loading' | 'loaded' | 'failed' = 'loading'
  #error: unknown
  #followers: Follower[] | undefined

  constructor(key: string) {
    this.key = key
  }

  get isLoaded(): boolean {
    return this.#state === 'loaded'
  }

  /** Tells a follower what becomes of it: at once, where that is known. */
  follow(follower: Follower): void {
    if (this.#state === 'loaded') follower.loaded(this.value)
    else if (this.#state === 'failed') follower.failed(this.#error)
    else if (this.#followers === undefined) this.#followers = [follower]
    else this.#followers.push(follower)
  }

  settle(value: Value): void {
    this.#state = 'loaded'
    this.value = value
    for (const follower of this.#followers ?? []) follower.loaded(value)
    this.#followers = undefined
  }

  fail(error: unknown): void {
    this.#state = 'failed'
    this.#error = error
    for (const follower of this.#followers ?? []) follower.failed(error)
    this.#followers = undefined
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = Value, B = never>(
    onLoaded?: ((value: Value) => A | PromiseLike<A>) | null,
    onFailed?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise().then(onLoaded, onFailed)
  }

  catch<B = never>(onFailed?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Value | B> {
    return this.#promise().catch(onFailed)
  }

  finally(onEnd?: (() => void) | null): Promise<Value> {
    return this.#promise().finally(onEnd)
  }

  #promise(): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    this.follow({ loaded: resolve as (value: unknown) => void, failed: reject })
    return promise
  }
}
