import type { Halt } from './halt.ts'

/** A generator that takes a `return` at once, also while it waits: halting ends the wait. */
export function haltable<Item>(
  items: AsyncGenerator<Item, void, undefined>,
  halt: Halt,
): AsyncGenerator<Item, void, undefined> {
  const end = <Result>(finish: () => Result): Result => {
    halt.stop()
    return finish()
  }
  return {
    next: () => items.next(),
    return: () => end(() => items.return()),
    throw: error => end(() => items.throw(error)),
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: () => end(() => items[Symbol.asyncDispose]()),
  }
}
