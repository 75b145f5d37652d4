import pg from 'pg'
import { expect, test } from 'vitest'
import { logFailure } from '../../src/database/log-failure.ts'

/** What is said about an error of the feed. */
function said(error: unknown): unknown[] {
  const lines: unknown[] = []
  const log = {
    warn: (details: object, message: string) => void lines.push(['warn', details, message]),
    error: (details: object, message: string) => void lines.push(['error', details, message]),
  }
  logFailure(log, 'the event feed', error)
  return lines
}

const stopping = Object.assign(new pg.DatabaseError('the database system is starting up', 0, 'error'), {
  code: '57P03',
})

test('a database that is away is a line without a stack, also as the cause of something', () => {
  const line = ['warn', { reason: 'the database system is starting up' }, 'the event feed lost the database']
  expect(said(stopping)).toEqual([line])
  expect(said(new Error('graphile-worker: no luck', { cause: stopping }))).toEqual([line])
})

test('of several addresses, the first that failed is named', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:5432'), { code: 'ECONNREFUSED' })
  const all = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' })
  expect(said(all)).toEqual([['warn', { reason: 'nothing answers there' }, 'the event feed lost the database']])
})

test('everything else is an error with all that is known of it', () => {
  for (const error of [new Error('a bug', { cause: new Error('another') }), 'text', undefined]) {
    expect(said(error)).toEqual([['error', { err: error }, 'the event feed stumbled']])
  }
})
