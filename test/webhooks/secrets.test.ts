import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SecretBox, UnopenedSecret } from '../../src/webhooks/secret-box.ts'
import { openSecretKeyFile } from '../../src/webhooks/secret-key-file.ts'
import { generateSecret, openSecrets } from '../../src/webhooks/webhook-secret.ts'

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]

test('a sealed secret opens for its owner only', () => {
  const box = new SecretBox([oldKey])
  const secret = generateSecret()
  const sealed = box.seal(secret, 'webhook endpoint 1/2')
  expect(box.open(sealed, 'webhook endpoint 1/2')).toEqual(secret)
  expect(() => box.open(sealed, 'webhook endpoint 1/3')).toThrow(UnopenedSecret)
  expect(() => box.open(sealed, 'webhook endpoint 2/2')).toThrow(UnopenedSecret)
})

test('what was changed does not open', () => {
  const box = new SecretBox([oldKey])
  const sealed = box.seal(generateSecret(), 'owner')
  const [form, id, content = ''] = sealed.split('.')
  for (let place = 0; place < content.length; place += 7) {
    const other = content[place] === 'A' ? 'B' : 'A'
    const changed = `${form}.${id}.${content.slice(0, place)}${other}${content.slice(place + 1)}`
    expect(() => box.open(changed, 'owner')).toThrow(UnopenedSecret)
  }
  expect(() => box.open(`v2.${id}.${content}`, 'owner')).toThrow('the sealed secret has an unknown form')
  expect(() => box.open(`${form}.00000000.${content}`, 'owner')).toThrow('SECRETS_KEY has no key 00000000')
})

test('a new key seals from now on, the old one still opens', () => {
  const secret = generateSecret()
  const before = new SecretBox([oldKey]).seal(secret, 'owner')
  const box = new SecretBox([newKey, oldKey])
  expect(box.open(before, 'owner')).toEqual(secret)
  const after = box.seal(secret, 'owner')
  expect(new SecretBox([newKey]).open(after, 'owner')).toEqual(secret)
  expect(() => new SecretBox([newKey]).open(before, 'owner')).toThrow(/SECRETS_KEY has no key [0-9a-f]{8}/)
})

test('the same secret is never sealed the same way, and shows nowhere', () => {
  const box = new SecretBox([oldKey])
  const secret = generateSecret()
  const sealed = new Set(Array.from({ length: 100 }, () => box.seal(secret, 'owner')))
  expect(sealed.size).toBe(100)
  for (const text of sealed) {
    expect(text).not.toContain(secret.toString('base64url').slice(0, 12))
    expect(text).not.toContain(oldKey.toString('base64url').slice(0, 12))
  }
})

test('after a rotation both secrets are in use until the old one ends', () => {
  const box = new SecretBox([oldKey])
  const [first, second] = [generateSecret(), generateSecret()]
  const owner = 'webhook endpoint 7/8'
  const endpoint = {
    workspace_id: '7',
    id: '8',
    secret: box.seal(second, owner),
    previous_secret: box.seal(first, owner),
    previous_secret_until: '2026-01-02T00:00:00.000Z',
  }
  expect(openSecrets(box, endpoint, Date.parse('2026-01-01T23:59:59Z'))).toEqual([second, first])
  expect(openSecrets(box, endpoint, Date.parse('2026-01-02T00:00:00Z'))).toEqual([second])
})

test('the demo mode keeps its key in a file that only its owner reads', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'orders-gateway-secrets-'))
  try {
    const keys = await Promise.all([1, 2, 3].map(() => openSecretKeyFile(directory)))
    expect(new Set(keys.map(key => key.toString('hex'))).size).toBe(1)
    expect(await openSecretKeyFile(directory)).toEqual(keys[0])
    const file = join(directory, 'secrets-key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toBe(`${keys[0]?.toString('hex')}\n`)
  } finally {
    await rm(directory, { recursive: true })
  }
})
