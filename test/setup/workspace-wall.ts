import { afterAll, expect } from 'vitest'
import { statementChannel } from '../../src/database/statement-count.ts'

const tables =
  'workspace_counters|api_keys|contacts|contact_addresses|products|variants|prices|orders|order_line_items|order_status_changes|invoices|invoice_line_items|invoice_status_changes|events|idempotency_keys'

const mention = new RegExp(`\\b(?:from|join|update|into)\\s+"?(?:${tables})\\b"?`, 'gi')

// Statements about all workspaces at once, each for its reason.
const exempt = [
  // A key is looked up by its own id: nobody has a workspace before that.
  /"key_id" = \$/,
  // Old keys end in every workspace.
  /delete from "?idempotency_keys"?[\s\S]*created_at/i,
]

const open = new Set<string>()

statementChannel.subscribe(text => {
  const statement = String(text)
  const mentions = statement.match(mention)?.length ?? 0
  const walls = statement.match(/workspace_id/g)?.length ?? 0
  if (mentions > walls && !exempt.some(pattern => pattern.test(statement))) open.add(statement)
})

// Every statement that a test runs names the workspace for every table it touches.
afterAll(() => {
  expect([...open]).toEqual([])
})
