import { randomUUID } from 'node:crypto'
import { execute, type GraphQLSchema, Kind, OperationTypeNode } from 'graphql'
import type { Databases } from '../database/connect.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { EventRow } from '../events/event-store.ts'
import { createContext } from '../graphql/context.ts'
import { formatError } from '../graphql/format-error.ts'
import { type AdmittedOperation, Operations } from '../graphql/operations.ts'
import { endpointActor } from './endpoint-actor.ts'
import type { EndpointRow } from './endpoint-store.ts'

/** What is wrong with a document that shapes bodies; undefined: nothing. */
export type DocumentProblem = (document: string) => string | undefined

const passing = new Set(['INTERNAL_SERVER_ERROR', 'OVERLOADED', 'SERVICE_UNAVAILABLE', 'TIMEOUT'])

/**
 * The documents that shape the bodies of endpoints. One is a subscription to `events` without arguments and variables: the body
 * is what a subscriber with that document gets for the event.
 */
export class BodyDocuments {
  readonly #schema: GraphQLSchema
  readonly #operations: Operations

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#operations = new Operations(schema)
  }

  readonly problem: DocumentProblem = document => {
    const admitted = this.#admit(document)
    return typeof admitted === 'string' ? admitted : undefined
  }

  /** The body for an event, with the rights of the endpoint. Throws when the present schema no longer takes the document. */
  async shape(databases: Databases, feed: EventFeed, endpoint: EndpointRow, event: EventRow): Promise<string> {
    const admitted = this.#admit(endpoint.document ?? '')
    if (typeof admitted === 'string') throw new Error(`the document of the endpoint: ${admitted}`)
    const actor = await endpointActor(databases.db, endpoint)
    if (!actor.scopes.has('events:read')) throw new Error('whoever wrote the document may not read events')
    const requestId = randomUUID()
    const result = await execute({
      schema: this.#schema,
      document: admitted.operation.document,
      rootValue: event,
      contextValue: createContext(actor, databases, feed, requestId),
    })
    const text = admitted.operation.text
    const errors = result.errors?.map(error => {
      const formatted = formatError(error, { requestId, text, report: () => {} })
      // It may work the next time.
      if (passing.has(String(formatted.extensions.code))) throw error
      return formatted
    })
    return JSON.stringify(errors === undefined ? { data: result.data } : { data: result.data, errors })
  }

  #admit(document: string): AdmittedOperation | string {
    const admitted = this.#operations.admit({ query: document }, { requestId: '', report: () => {} })
    if ('errors' in admitted) return admitted.errors[0]?.message ?? 'Is no document.'
    const { node } = admitted.operation
    const [field, ...others] = node.selectionSet.selections
    if (node.operation !== OperationTypeNode.SUBSCRIPTION) return 'Is no subscription.'
    if (node.variableDefinitions?.length) return 'Has variables.'
    if (field?.kind !== Kind.FIELD || others.length > 0 || field.name.value !== 'events') {
      return 'Subscribes to something else than events.'
    }
    if (field.directives?.length) return 'Gives events directives, which could leave a body without anything.'
    return field.arguments?.length
      ? 'Gives events arguments: the endpoint itself says which events it takes.'
      : admitted
  }
}
