import { afterAll, expect } from 'vitest'
import { statementChannel, statementCount } from '../../src/database/statement-count.ts'

const tables =
  'workspace_counters|api_keys|contacts|contact_addresses|products|variants|prices|orders|order_line_items|order_status_changes|invoices|invoice_line_items|invoice_status_changes|events|idempotency_keys'

const mention = new RegExp(`\\b(?:from|join|update|into)\\s+"?(?:${tables})\\b"?`, 'gi')

const open = new Set<string>()

statementChannel.subscribe(text => {
  // What a test looks up by itself, beside any operation, is its own affair.
  if (statementCount.getStore() === undefined) return
  const statement = String(text)
  const mentions = statement.match(mention)?.length ?? 0
  const walls = statement.match(/workspace_id/g)?.length ?? 0
  if (mentions > walls) open.add(statement)
})

// Every statement of every operation that the tests run names the workspace for every table it touches.
afterAll(() => {
  expect([...open]).toEqual([])
})
