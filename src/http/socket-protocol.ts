import type { ExecutionArgs } from 'graphql'
import { type Context, makeServer, type OperationResult, type Server, type SubscribePayload } from 'graphql-ws'
import { formatError } from '../graphql/format-error.ts'
import { requestRefusal } from '../graphql/request-refusal.ts'
import { bearerSecret } from './authenticate.ts'
import type { Gateway } from './gateway.ts'
import { SocketOperation } from './socket-operation.ts'
import { closeCodes, type SocketSession } from './socket-session.ts'

const maxIdLength = 64

type SocketContext = Context<Record<string, unknown> | undefined, SocketSession>

interface StartedArgs extends ExecutionArgs {
  result: OperationResult
}

const resultOf = (args: ExecutionArgs): OperationResult => (args as StartedArgs).result

/** graphql-transport-ws: who may connect, and every operation on the path that HTTP takes too. */
export function socketProtocol(gateway: Gateway): Server<SocketSession> {
  return makeServer<Record<string, unknown> | undefined, SocketSession>({
    connectionInitWaitTimeout: gateway.timings.connectionInitMs,
    onConnect: context => connect(gateway, context),
    onClose: ({ extra: { live } }) => {
      if (live !== undefined) gateway.sessions.remove(live)
    },
    onSubscribe: ({ extra }, id, payload) => subscribe(gateway, extra, id, payload),
    execute: resultOf,
    subscribe: resultOf,
    // What a source threw was made fit for clients already.
    onError: ({ extra: { requestId } }, _id, _payload, errors) =>
      errors.map(error => {
        if (error.extensions.code !== undefined) return error
        return formatError(error, { requestId, report: cause => gateway.operationLog.unexpected(requestId, cause) })
      }),
  })
}

/** True when the socket may speak; otherwise it is closed. */
async function connect({ keys, sessions, operationLog }: Gateway, { extra: session, connectionParams }: SocketContext) {
  const secret = bearerSecret(connectionParams?.authorization)
  if (secret === undefined) return refuse(session, closeCodes.unauthorized, 'Unauthorized')
  const actor = await keys.authenticate(secret).catch((error: unknown) => {
    operationLog.unexpected(session.requestId, error)
    return 'not now' as const
  })
  // Clients come back after that code, unlike after one of an internal error.
  if (actor === 'not now') return refuse(session, closeCodes.tryAgainLater, 'The keys cannot be looked up')
  if (actor === undefined) return refuse(session, closeCodes.forbidden, 'Forbidden')
  // Gone in the meantime: nobody would take it out again.
  if (session.socket.readyState !== session.socket.OPEN) return false
  if (sessions.add(session.authenticated(actor, () => keys.authenticate(secret)))) return true
  return refuse(session, closeCodes.tooMany, 'Too many sockets and streams of this key')
}

function refuse(session: SocketSession, code: number, reason: string): false {
  session.close(code, reason)
  return false
}

function subscribe(gateway: Gateway, session: SocketSession, id: string, payload: SubscribePayload) {
  if (id.length > maxIdLength) {
    const message = `Operation ids have at most ${maxIdLength} characters`
    session.close(closeCodes.badRequest, message)
    return [requestRefusal('BAD_REQUEST', message)]
  }
  if (session.live === undefined) throw new Error('an operation on a socket that is not authenticated')
  const operation = new SocketOperation(gateway, session, session.live)
  const admitted = operation.admit(payload)
  if (!('operation' in admitted)) return admitted
  // Started at once: graphql-ws would take in the next messages first, which must find this one counted.
  const result = admitted.kind === 'subscription' ? operation.subscribe(admitted, id) : operation.execute(admitted)
  const args: StartedArgs = {
    schema: gateway.schema,
    document: admitted.operation.document,
    operationName: admitted.name,
    contextValue: undefined,
    result,
  }
  return args
}
