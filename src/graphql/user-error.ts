import { IdempotencyInFlight, IdempotencyMismatch } from '../idempotency/idempotency-errors.ts'
import { type InputIssue, InvalidInput, type UserError } from '../shared/errors.ts'
import { builder } from './builder.ts'

/** What every refusal of a mutation says. */
export const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An expected refusal of a mutation. Nothing was written.',
  fields: t => ({
    code: t.exposeString('code', { description: 'A stable code for programs, such as `INVALID_INPUT`.' }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    path: t.exposeStringList('path', { description: 'What was refused, from `input` down; indexes as strings.' }),
  }),
})

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One thing wrong with an input.',
  fields: t => ({
    code: t.exposeString('code', {
      description: 'A stable code for programs, such as `INVALID_AMOUNT` or `NOT_FOUND`.',
    }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
    path: t.exposeStringList('path', { description: 'Where, from `input` down; indexes as strings.' }),
  }),
})

builder.objectType(InvalidInput, {
  name: 'InvalidInput',
  description:
    'The input breaks rules; all of them are listed, those about other objects once each value by itself is right. Code, message and path are those of the first issue.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'Everything that is wrong.',
      resolve: error => [...error.issues],
    }),
  }),
})

builder.objectType(IdempotencyMismatch, {
  name: 'IdempotencyMismatch',
  description: 'The idempotency key was used before with another input or mutation.',
  interfaces: [UserErrorInterface],
  fields: t => ({
    paths: t.field({
      type: t.listRef(t.listRef('String')),
      description: 'The members of the input that differ from the first use.',
      resolve: error => error.paths.map(path => [...path]),
    }),
  }),
})

builder.objectType(IdempotencyInFlight, {
  name: 'IdempotencyInFlight',
  description: 'The first request with this idempotency key is still under way after five seconds. Send it again.',
  interfaces: [UserErrorInterface],
})

/** The refusals that every mutation can answer with; a mutation adds its own. */
export const commonErrors = [InvalidInput, IdempotencyMismatch, IdempotencyInFlight]
