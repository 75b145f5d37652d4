import { UserError } from '../shared/errors.ts'

/** The state machine does not lead from one status to the other (decisions 1). */
export class InvalidTransition extends UserError {
  override readonly name = 'InvalidTransition'
  readonly code = 'INVALID_TRANSITION'
  readonly from: string
  readonly to: string
  readonly allowed: readonly string[]

  constructor(from: string, to: string, allowed: readonly string[]) {
    super(`It is ${from}, which does not lead to ${to}.`, ['input', 'status'])
    this.from = from
    this.to = to
    this.allowed = allowed
  }
}

/** Somebody else wrote the object after the caller read it. */
export class VersionConflict extends UserError {
  override readonly name = 'VersionConflict'
  readonly code = 'VERSION_CONFLICT'
  readonly typename: 'Order' | 'Invoice'
  readonly currentId: string

  constructor(typename: 'Order' | 'Invoice', currentId: string) {
    super('It was changed since it was read.', ['input', 'expectedVersion'])
    this.typename = typename
    this.currentId = currentId
  }
}

/** Another order or invoice of the processor has this external id (decisions 1). */
export class ExternalIdTaken extends UserError {
  override readonly name = 'ExternalIdTaken'
  readonly code = 'EXTERNAL_ID_TAKEN'
  readonly typename: 'Order' | 'Invoice'
  readonly existingId: string

  constructor(typename: 'Order' | 'Invoice', existingId: string) {
    super('Another one has this external id.', ['input', 'externalId'])
    this.typename = typename
    this.existingId = existingId
  }
}

/** The order belongs to a payment processor, which alone moves it (domain 0.2). */
export class NotExternal extends UserError {
  override readonly name = 'NotExternal'
  readonly code = 'NOT_EXTERNAL'

  constructor(path: string[]) {
    super('Only orders paid outside of ClickFunnels can be changed here; its payment processor moves this one.', path)
  }
}
