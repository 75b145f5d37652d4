/** One thing wrong with a mutation's input. */
export interface InputIssue {
  code: string
  message: string
  /** From `input` down, indexes as strings: `["input", "lineItems", "3", "quantity"]`. */
  path: string[]
}

/** An expected refusal: a member of the mutation's result union that implements `UserError`. */
export abstract class UserError extends Error {
  abstract readonly code: string
  readonly path: string[]

  constructor(message: string, path: string[] = ['input']) {
    super(message)
    this.path = path
  }
}

/** What a person can mistype, all of it at once (api.md). */
export class InvalidInput extends UserError {
  override readonly name = 'InvalidInput'
  readonly code = 'INVALID_INPUT'
  readonly issues: readonly InputIssue[]

  constructor(issues: readonly [InputIssue, ...InputIssue[]]) {
    super(issues[0].message, issues[0].path)
    this.issues = issues
  }
}

/** What is wrong with one reference: unknown here, also when it exists in another workspace. */
export function notFoundIssue(what: string, path: string[]): InputIssue {
  return { code: 'NOT_FOUND', message: `There is no such ${what}.`, path }
}

/** The refusal of one reference. */
export function notFound(what: string, path: string[]): InvalidInput {
  return new InvalidInput([notFoundIssue(what, path)])
}

/** Throws InvalidInput with all the issues; nothing when there are none. */
export function refuseIssues(issues: readonly InputIssue[]): void {
  const [first, ...rest] = issues
  if (first !== undefined) throw new InvalidInput([first, ...rest])
}
