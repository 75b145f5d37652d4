import { UserError } from '../shared/errors.ts'

const path = ['input', 'idempotencyKey']

/** The key was used before with another input, or by another mutation (api.md). */
export class IdempotencyMismatch extends UserError {
  override readonly name = 'IdempotencyMismatch'
  readonly code = 'IDEMPOTENCY_MISMATCH'
  /** The members of the input that differ from the first use; the key alone when another mutation used it. */
  readonly paths: readonly string[][]

  constructor(paths: readonly string[][]) {
    super('This idempotency key was used with another input.', path)
    this.paths = paths.length === 0 ? [path] : paths
  }
}

/** The first use of the key is still under way after five seconds. */
export class IdempotencyInFlight extends UserError {
  override readonly name = 'IdempotencyInFlight'
  readonly code = 'IDEMPOTENCY_IN_FLIGHT'

  constructor() {
    super('The first request with this idempotency key is still under way. Send it again.', path)
  }
}
