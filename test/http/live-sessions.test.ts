import { expect, test } from 'vitest'
import { type LiveSession, LiveSessions } from '../../src/http/live-sessions.ts'
import { actor } from './test-gateway.ts'
import { until } from './until.ts'

test('keys are checked some at a time, and each once before any is checked again', async () => {
  const asked: string[] = []
  const ended: string[] = []
  const waiting: (() => void)[] = []
  using sessions = new LiveSessions(5, () => {})
  const session = (id: string): LiveSession => ({
    actor: actor(id),
    authenticate: () => {
      asked.push(id)
      return new Promise(resolve => waiting.push(() => resolve(id === '7' ? undefined : actor(id))))
    },
    end: () => ended.push(id),
    stop() {},
  })
  const ids = Array.from({ length: 20 }, (_, index) => String(index))
  for (const id of ids) sessions.add(session(id))
  await until(() => asked.length === 8)
  // Many times as long as it is to the next check.
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(asked).toHaveLength(8)
  await until(() => {
    if (asked.length < 20) waiting.shift()?.()
    return asked.length === 20
  })
  expect(new Set(asked).size).toBe(20)
  for (const answer of waiting) answer()
  await until(() => ended.length === 1)
  expect(ended).toEqual(['7'])
})
