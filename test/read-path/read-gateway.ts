import type { ExecutionResult } from 'graphql'
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { statementChannel, statementCount } from '../../src/database/statement-count.ts'
import { createContext } from '../../src/graphql/context.ts'
import type { ErrorContext } from '../../src/graphql/format-error.ts'
import { type AdmittedOperation, Operations } from '../../src/graphql/operations.ts'
import { schema } from '../../src/schema.ts'
import type { Actor } from '../../src/shared/actor.ts'
import { runCommand } from '../setup/command.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

const errors: ErrorContext = {
  requestId: 'r',
  report(error) {
    throw error
  },
}

/** Operations on a workspace with some hundred orders, run where their statements can be seen. */
export interface ReadGateway extends AsyncDisposable {
  gateway: Gateway
  actor: Actor
  /** Forgets what was learned of operations. */
  newOperations(): Operations
  admit(operations: Operations, query: string, variables?: Record<string, unknown>): AdmittedOperation
  /** Runs an operation: its result and the texts of the statements that it has sent. */
  run(
    operations: Operations,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<{ result: ExecutionResult; statements: string[] }>
  context(): ReturnType<typeof createContext>
}

export async function startReadGateway(orders: number): Promise<ReadGateway> {
  await using parts = new AsyncDisposableStack()
  const gateway = parts.use(await startGateway())
  const seeded = await runCommand(['seed', '--orders', `${orders}`, '--workspaces', '1', '--events', 'all', '--json'], {
    DATABASE_URL: gateway.databaseUrl,
  })
  if (seeded.code !== 0) throw new Error(seeded.stderr)
  await using keys = new KeyRing(gateway.databases)
  const actor = await keys.authenticate(JSON.parse(seeded.stdout).workspaces[0].key)
  if (actor === undefined) throw new Error('the key is not known')
  const owned = parts.move()
  const context = () => createContext(actor, gateway.databases, gateway.feed, 'r')
  const admit: ReadGateway['admit'] = (operations, query, variables = {}) => {
    const admitted = operations.admit({ query, variables }, errors)
    if ('errors' in admitted) throw admitted.errors[0]
    return admitted
  }
  return {
    gateway,
    actor,
    context,
    newOperations: () => new Operations(schema),
    admit,
    async run(operations, query, variables) {
      const admitted = admit(operations, query, variables)
      const statements: string[] = []
      const counter = { statements: 0 }
      const note = (text: unknown) => {
        // The feed reads too, outside of any operation.
        if (statementCount.getStore() === counter) statements.push(String(text))
      }
      statementChannel.subscribe(note)
      try {
        const result = await statementCount.run(counter, () => operations.execute(admitted, context(), errors))
        return { result, statements }
      } finally {
        statementChannel.unsubscribe(note)
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
