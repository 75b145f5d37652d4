import { expect, test } from 'vitest'
import { nextWait, patienceMs, readRetryAfter } from '../../src/webhooks/retry-schedule.ts'

const hour = 3_600_000
const middle = () => 0.5

/** The times of all attempts after the first, when every one fails at once. */
function attempts(random: () => number): number[] {
  const times: number[] = []
  for (let elapsed = 0; ; ) {
    const wait = nextWait(times.length + 1, elapsed, { random })
    if (wait === undefined) return times
    elapsed += wait
    times.push(elapsed)
  }
}

test('the waits are ClickFunnels’, then every 12 hours, the last attempt at 72 hours', () => {
  const seconds = attempts(middle).map(time => time / 1_000)
  const waits = seconds.map((time, index) => time - (seconds[index - 1] ?? 0))
  expect(waits.slice(0, 10)).toEqual([1, 15, 60, 300, 900, 3_600, 43_200, 86_400, 43_200, 43_200])
  expect(seconds).toHaveLength(11)
  expect(seconds.at(-1)).toBe(72 * 3_600)
})

test('each wait is off by 10 % at most', () => {
  expect(nextWait(1, 0, { random: () => 0 })).toBe(900)
  expect(nextWait(1, 0, { random: () => 1 })).toBe(1_100)
  expect(nextWait(6, 0, { random: () => 0 })).toBe(0.9 * hour)
  for (const random of [() => 0, () => 0.999, Math.random]) expect(attempts(random).at(-1)).toBe(patienceMs)
})

test('Retry-After makes a wait longer, never shorter; beyond the end there is no attempt', () => {
  expect(nextWait(1, 0, { random: middle, retryAfterMs: 60_000 })).toBe(60_000)
  expect(nextWait(3, 0, { random: middle, retryAfterMs: 5_000 })).toBe(60_000)
  expect(nextWait(1, 71 * hour, { random: middle, retryAfterMs: hour })).toBe(hour)
  expect(nextWait(1, 71 * hour, { random: middle, retryAfterMs: hour + 1 })).toBeUndefined()
})

test('after 72 hours it is given up', () => {
  expect(nextWait(11, patienceMs, { random: middle })).toBeUndefined()
  expect(nextWait(1, patienceMs + 1, { random: middle })).toBeUndefined()
})

test.each([
  ['0', 0],
  ['3600', hour],
  [' 5 ', 5_000],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
])('Retry-After: %s', (header, expected) => {
  expect(readRetryAfter(header, 0)).toBe(expected)
})
