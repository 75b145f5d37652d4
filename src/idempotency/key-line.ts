import { IdempotencyInFlight } from './idempotency-errors.ts'

const waitMs = 5_000

const underWay = new Map<string, Promise<unknown>>()

/**
 * Lets requests with the same key in one workspace through one after the other, so that duplicates wait without a
 * database connection. Throws IdempotencyInFlight after five seconds of waiting.
 */
export async function oneByOne<Result>(
  claim: { workspaceId: string; key: string } | undefined,
  act: () => Promise<Result>,
): Promise<Result> {
  if (claim === undefined) return act()
  const name = `${claim.workspaceId}:${claim.key}`
  const deadline = Date.now() + waitMs
  for (let first = underWay.get(name); first !== undefined; first = underWay.get(name)) {
    if (!(await settles(first, deadline - Date.now()))) throw new IdempotencyInFlight()
  }
  const acting = act()
  underWay.set(name, acting)
  try {
    return await acting
  } finally {
    underWay.delete(name)
  }
}

function settles(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, Math.max(withinMs, 0), false)
    const settled = () => {
      clearTimeout(timer)
      resolve(true)
    }
    promise.then(settled, settled)
  })
}
