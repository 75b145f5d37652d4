import type { IncomingMessage, ServerResponse } from 'node:http'
import { DatabaseOverloaded } from '../database/shared-connections.ts'
import { statementCount } from '../database/statement-count.ts'
import { authenticate } from './authenticate.ts'
import { checkAccept, checkHost } from './check-headers.ts'
import { clientAddress } from './client-address.ts'
import type { Gateway } from './gateway.ts'
import { HttpOperation } from './http-operation.ts'
import type { LoggedOperation } from './operation-log.ts'
import { checkBodyHeaders } from './read-body.ts'
import { readParams } from './read-params.ts'
import { overloaded, Refusal, refuse } from './refusal.ts'
import { requestIdOf } from './request-id.ts'
import { sendResponse } from './send-response.ts'
import { openStreamTicket, ticketOf } from './stream-ticket.ts'
import { yogaHandler, yogaLogger } from './yoga.ts'

/** `/graphql` over HTTP: whoever gets past the gate is handed to Yoga with the parameters of the request. */
export function graphqlEndpoint(
  gateway: Gateway,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { config, keys, databases, explorer, operationLog: log, timings } = gateway
  const handleInYoga = yogaHandler(gateway.schema, yogaLogger(gateway.log))

  async function serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    checkMethod(request)
    if (explorer !== undefined && isForPeople(request)) return explorer(request, response)
    checkHost(request)
    if (request.method === 'POST') checkBodyHeaders(request)
    const startedAt = performance.now()
    const ticket = ticketOf(request)
    const report = (error: unknown) => log.unexpected(requestId, error)
    const asker = await (ticket === undefined
      ? authenticate(keys, request, report)
      : openStreamTicket(gateway, request, ticket, report))
    checkAccept(request)
    const { actor } = asker
    databases.assertRoom()
    const params = asker.params ?? (await readParams(request))
    const counter = { statements: 0 }
    const client = clientAddress(request, config.trustProxy)
    const logged: LoggedOperation = { requestId, transport: 'http', actor, client, startedAt, counter }
    const operation = new HttpOperation(gateway, request, response, asker, logged)
    const handedOver = { params, run: (checked: unknown) => operation.run(checked) }
    const answer = await statementCount.run(counter, () => handleInYoga(request, response, handedOver))
    if (operation.isStreaming) return
    log.finished(logged, answer.status)
    await sendResponse(answer, response, timings.stalledMs)
  }

  return async (request, response) => {
    const requestId = requestIdOf(request.headers['x-request-id'])
    response.setHeader('x-request-id', requestId)
    try {
      await serve(request, response, requestId)
    } catch (error) {
      const refusal = refusalFor(error)
      if (refusal.status === 500) log.unexpected(requestId, error)
      log.refused(requestId, refusal.status, refusal.code)
      refuse(request, response, refusal)
    }
  }
}

function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof DatabaseOverloaded) return overloaded()
  return new Refusal(500, 'INTERNAL_SERVER_ERROR', 'Internal server error')
}

function checkMethod({ method }: IncomingMessage): void {
  if (method === 'POST' || method === 'GET') return
  throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Only GET and POST.', { allow: 'GET, POST' })
}

function isForPeople({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true
}
