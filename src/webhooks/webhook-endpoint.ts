import { UserError } from '../shared/errors.ts'

/** Why an endpoint is disabled: somebody did it, it answered 410, or it failed for five days. */
export const disabledReasons = ['requested', 'gone', 'failing'] as const
export type DisabledReason = (typeof disabledReasons)[number]

/** How many endpoints a workspace can have: each costs a delivery of every event. */
export const maxEndpoints = 50

/** Which events an endpoint takes. */
interface Subscription {
  /** Empty: all types, also those of later versions. */
  event_types: readonly string[]
  /** Null: whatever the mode. */
  live_mode: boolean | null
}

/** Whether an endpoint takes an event. As in streams, events without a mode pass only where none is asked for. */
export function takes(
  { event_types, live_mode }: Subscription,
  event: { type: string; live_mode: boolean | null },
): boolean {
  return (
    (event_types.length === 0 || event_types.includes(event.type)) &&
    (live_mode === null || live_mode === event.live_mode)
  )
}

/** The workspace has as many endpoints as it can have. */
export class TooManyEndpoints extends UserError {
  override readonly name = 'TooManyEndpoints'
  readonly code = 'TOO_MANY_ENDPOINTS'

  constructor() {
    super(`There are ${maxEndpoints} endpoints: delete one first.`)
  }
}

/** The endpoint is disabled, so nothing can be sent to it. */
export class EndpointDisabled extends UserError {
  override readonly name = 'EndpointDisabled'
  readonly code = 'ENDPOINT_DISABLED'
  readonly endpointId: string

  constructor(endpointId: string, path: string[]) {
    super('The endpoint is disabled: enable it first.', path)
    this.endpointId = endpointId
  }
}

/** The secret was rotated less than a day ago: a third one at the same time nobody could verify by. */
export class SecretStillOverlaps extends UserError {
  override readonly name = 'SecretStillOverlaps'
  readonly code = 'SECRET_STILL_OVERLAPS'
  /** When the previous secret ends. */
  readonly until: string

  constructor(until: string) {
    super('The secret before the present one is still good: wait until it ends, or rotate `atOnce`.', ['input', 'id'])
    this.until = until
  }
}

/** What the endpoint's document reads would go to another URL, on behalf of somebody who may not read all of it. */
export class DocumentNeedsScopes extends UserError {
  override readonly name = 'DocumentNeedsScopes'
  readonly code = 'DOCUMENT_NEEDS_SCOPES'
  readonly missingScopes: readonly string[]

  constructor(missingScopes: readonly string[]) {
    super('The document reads with rights that this key lacks: change or clear it together with the URL.', [
      'input',
      'url',
    ])
    this.missingScopes = missingScopes
  }
}

/** Secrets can be neither kept nor used: the gateway has no key for them. */
export class SecretsKeyMissing extends UserError {
  override readonly name = 'SecretsKeyMissing'
  readonly code = 'SECRETS_KEY_MISSING'

  constructor() {
    super('Webhooks are off: the gateway runs without SECRETS_KEY.')
  }
}
