import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf, generateApiKey, matchesDigest, readApiKey, writeApiKey } from '../../src/api-keys/api-key.ts'
import { expandScopes } from '../../src/api-keys/key-scopes.ts'
import { scopes } from '../../src/shared/actor.ts'

test('a key is written and read in one form', () => {
  const key = { keyId: '0123456789abcdef', secret: 'A'.repeat(43) }
  expect(writeApiKey(key)).toBe(`ogw_0123456789abcdef_${'A'.repeat(43)}_2nmMSS`)
  expect(readApiKey(writeApiKey(key))).toEqual(key)
})

test('keys are random and always well-formed', () => {
  const keys = Array.from({ length: 1000 }, generateApiKey)
  for (const key of keys) {
    expect(writeApiKey(key)).toMatch(/^ogw_[0-9a-z]{16}_[A-Za-z0-9_-]{43}_[0-9A-Za-z]{6}$/)
    expect(readApiKey(writeApiKey(key))).toEqual(key)
  }
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1000)
  expect(new Set(keys.map(({ secret }) => secret)).size).toBe(1000)
})

test('no key with one character changed is read', () => {
  const written = writeApiKey(generateApiKey())
  fc.assert(
    fc.property(fc.nat(written.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (place, character) => {
      fc.pre(written[place] !== character)
      expect(readApiKey(written.slice(0, place) + character + written.slice(place + 1))).toBeUndefined()
    }),
  )
})

test.each([
  ['nothing', ''],
  ['a beginning', 'ogw_'],
  ['a name of JavaScript', '__proto__'],
  ['a line', `${writeApiKey(generateApiKey())}\n`],
  ['an indented key', ` ${writeApiKey(generateApiKey())}`],
])('%s is no key', (_, given) => {
  expect(readApiKey(given)).toBeUndefined()
})

test('a digest is SHA-256 in hexadecimal and matches its secret alone', () => {
  expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(matchesDigest('abc', digestOf('abc'))).toBe(true)
  expect(matchesDigest('abd', digestOf('abc'))).toBe(false)
})

test('* grants every scope, a list what it names', () => {
  expect(expandScopes(['*'])).toEqual(new Set(scopes))
  expect(expandScopes(['orders:read', 'gone:read'])).toEqual(new Set(['orders:read']))
})
