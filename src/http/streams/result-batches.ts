import type { LogSubscription } from '../../events/log-subscription.ts'
import type { StreamItem } from '../../events/stream-item.ts'
import type { RunItem } from '../../graphql/started-subscription.ts'
import { StreamResult } from './stream-result.ts'

// Results are handed over in one write up to so many characters.
const writeCharacters = 32 * 1024

/** Where the results of items come from, and where they go. */
interface Batching {
  subscription: LogSubscription
  run: RunItem
  hand: (results: readonly StreamResult[]) => Promise<void>
  /** Whether nobody wants more. */
  isOver: () => boolean
}

/** Runs items of the log one after the other and hands over their results, some at a time. */
export async function giveInBatches(items: readonly StreamItem[], batching: Batching): Promise<void> {
  const { subscription, run, hand, isOver } = batching
  let results: StreamResult[] = []
  let characters = 0
  for (const item of items) {
    const running = run(item)
    const result = toResult(subscription, item, running instanceof Promise ? await running : running)
    if (isOver()) return
    results.push(result)
    characters += result.text.length
    if (characters < writeCharacters) continue
    await hand(results)
    if (isOver()) return
    results = []
    characters = 0
  }
  if (results.length > 0) await hand(results)
}

/** The result of an item, with its place. */
export function toResult(
  subscription: LogSubscription,
  item: StreamItem,
  result: ConstructorParameters<typeof StreamResult>[0],
): StreamResult {
  const position = Number(item.sequence)
  return new StreamResult(result, position, () => subscription.cursorAt(position))
}
