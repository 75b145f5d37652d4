import { afterAll, expect } from 'vitest'
import { statementChannel, statementCount } from '../../src/database/statement-count.ts'
import { openTables } from './open-tables.ts'

const open = new Set<string>()

statementChannel.subscribe(text => {
  // What a test looks up by itself, beside any operation, is its own affair.
  if (statementCount.getStore() === undefined) return
  const statement = String(text)
  if (openTables(statement).length > 0) open.add(statement)
})

// Every statement of every operation that the tests run compares the workspace of every table it touches.
afterAll(() => {
  expect([...open]).toEqual([])
})
