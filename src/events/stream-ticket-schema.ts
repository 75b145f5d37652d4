import type { GraphQLError, GraphQLSchema } from 'graphql'
import { builder } from '../graphql/builder.ts'
import { answer, type Payload, PayloadInterface } from '../graphql/mutation.ts'
import { prepareDocument } from '../graphql/prepared-document.ts'
import { commonErrors } from '../graphql/user-error.ts'
import { type VariableValues, variableValues } from '../graphql/variable-values.ts'
import { type InputIssue, refuseIssues } from '../shared/errors.ts'
import { createStreamTicket, type TicketDocument } from './create-stream-ticket.ts'

const maxDocument = 20_000
const maxVariables = 20_000

const CreateStreamTicketInput = builder.inputType('CreateStreamTicketInput', {
  description: 'The subscription that the ticket opens.',
  fields: t => ({
    query: t.string({ required: true, description: 'A document with a subscription, at most 20,000 characters.' }),
    operationName: t.string({ description: 'Which operation, where the document has several.' }),
    variables: t.field({ type: 'JSON', description: 'Its variables: an object, at most 20,000 characters as JSON.' }),
  }),
})

const CreateStreamTicketPayload = builder
  .objectRef<Payload<{ ticket: string; expiresAt: string }>>('CreateStreamTicketPayload')
  .implement({
    description: 'The ticket that was made. It is shown once.',
    interfaces: [PayloadInterface],
    fields: t => ({
      ticket: t.string({ description: 'The ticket.', resolve: ({ result }) => result.ticket }),
      path: t.string({
        description:
          'Where to open the stream, on this host: `new EventSource(origin + path)`. It opens one stream; after a cut the browser resumes it by `Last-Event-ID`, for at most 24 hours.',
        resolve: ({ result }) => `/graphql?ticket=${result.ticket}`,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when it can be opened: one minute from now.',
        resolve: ({ result }) => result.expiresAt,
      }),
    }),
  })

interface RawInput {
  query: string
  operationName?: string | null | undefined
  variables?: unknown
}

/** The document that the input names. Throws InvalidInput when it is no subscription that could run. */
function checkedDocument(schema: GraphQLSchema, { query, operationName, variables }: RawInput): TicketDocument {
  const refuse = (member: string, messages: readonly string[], code = 'INVALID_DOCUMENT') =>
    refuseIssues(messages.map((message): InputIssue => ({ code, message, path: ['input', member] })))
  if (query.length > maxDocument) refuse('query', [`Has more than ${maxDocument} characters.`], 'TOO_LONG')
  if (query.includes('\0') || !query.isWellFormed())
    refuse('query', ['Contains NUL or a lone surrogate.'], 'INVALID_TEXT')
  const prepared = prepareDocument(schema, query)
  if ('errors' in prepared) {
    refuse('query', messagesOf(prepared.errors))
    throw new Error('a document was refused without a reason')
  }
  const { operations } = prepared
  const operation = operationName ? operations.get(operationName) : [...operations.values()][0]
  const isAmbiguous = !operationName && operations.size > 1
  if (operation === undefined || isAmbiguous) {
    refuse('operationName', ['Does not name an operation of the document.'])
    throw new Error('not reached')
  }
  if (operation.node.operation !== 'subscription') refuse('query', ['Is not a subscription.'])
  const given = variables ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) refuse('variables', ['Is not an object.'], 'INVALID_VARIABLES')
  if (JSON.stringify(given).length > maxVariables) refuse('variables', ['Is too large.'], 'TOO_LONG')
  const values = variableValues(schema, operation.node, given as VariableValues)
  if ('errors' in values) refuse('variables', messagesOf(values.errors), 'INVALID_VARIABLES')
  return { document: query, operationName: operation.name ?? null, variables: given as object }
}

function messagesOf(errors: readonly GraphQLError[]): string[] {
  return errors.map(({ message }) => message)
}

builder.mutationFields(t => ({
  createStreamTicket: t.field({
    type: CreateStreamTicketPayload,
    scope: 'events:read',
    description:
      'A ticket with which a browser’s own EventSource, which sends no header, opens one subscription: within a minute, once, with the rights of this key. It takes no idempotency key: a second ticket does no harm.',
    args: { input: t.arg({ type: CreateStreamTicketInput, required: true, description: 'The subscription.' }) },
    errors: { types: [...commonErrors] },
    resolve: async (_root, { input }, context, info) =>
      answer(context, createStreamTicket(context.commands, checkedDocument(info.schema, input))),
  }),
}))
