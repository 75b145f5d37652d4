import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { fillDemo } from '../../src/demo/fill-demo.ts'
import { type Context, createContext } from '../../src/graphql/context.ts'
import { type Gateway, startGateway } from './gateway.ts'

/** A gateway with the demo's data, for operations that are run beside HTTP. */
export interface DemoGateway extends Gateway {
  /** A new context of somebody who may do everything. */
  context(): Context
}

/** Starts one. */
export async function startDemoGateway(): Promise<DemoGateway> {
  const gateway = await startGateway()
  const { key } = await gateway.createKey()
  await using keys = new KeyRing(gateway.databases)
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key does not work')
  await fillDemo({ db: gateway.databases.db, actor, committed() {} })
  return { ...gateway, context: () => createContext(actor, gateway.databases, gateway.feed, 'r') }
}
