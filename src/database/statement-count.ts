import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'

/** The statements of the operation under way, for the access log and the tests. */
export const statementCount = new AsyncLocalStorage<{ statements: number }>()

/** Every statement's text as it is sent; the tests read it. */
export const statementChannel = channel('orders-gateway:statement')

/** Notes that a statement is sent now. */
export function countStatement(text: string): void {
  const operation = statementCount.getStore()
  if (operation !== undefined) operation.statements += 1
  if (statementChannel.hasSubscribers) statementChannel.publish(text)
}
