import { expect, test } from 'vitest'
import { BoundedCache } from '../../src/graphql/bounded-cache.ts'

const kept = (cache: BoundedCache<string>, keys: string[]) => keys.filter(key => cache.get(key) !== undefined)

test('what was not asked for is forgotten first', () => {
  const cache = new BoundedCache<string>(30)
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 10)
  cache.get('a')
  cache.set('d', 'd', 10)
  expect(kept(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
})

test('weights count, and replacing one does not count twice', () => {
  const cache = new BoundedCache<string>(30)
  cache.set('a', '1', 10)
  cache.set('a', '2', 15)
  cache.set('b', '3', 15)
  expect(kept(cache, ['a', 'b'])).toEqual(['a', 'b'])
  expect(cache.get('a')).toBe('2')
  cache.set('c', '4', 30)
  expect(kept(cache, ['a', 'b', 'c'])).toEqual(['c'])
})

test('what is too heavy is not kept and pushes nothing out', () => {
  const cache = new BoundedCache<string>(30)
  cache.set('a', 'a', 10)
  cache.set('b', 'b', 31)
  expect(kept(cache, ['a', 'b'])).toEqual(['a'])
})
