import { type InputIssue, InvalidInput } from '../shared/errors.ts'

/** Throws InvalidInput with all the issues; nothing when there are none. */
export function refuseIssues(issues: readonly InputIssue[]): void {
  const [first, ...rest] = issues
  if (first !== undefined) throw new InvalidInput([first, ...rest])
}
