import type { InputIssue } from '../shared/errors.ts'

/** What is wrong with the dates that an invoice would have; `member` is the one of them that the input gives. */
export function dueDateIssues(
  dates: { issued_at: string; due_at: string | null },
  member: 'dueAt' | 'issuedAt',
): InputIssue[] {
  if (dates.due_at === null || dates.due_at >= dates.issued_at) return []
  const message = 'An invoice is not due before it is issued.'
  return [{ code: 'DUE_BEFORE_ISSUED', message, path: ['input', member] }]
}
