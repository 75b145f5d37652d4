import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const form = /^(ogw_([0-9a-z]{16})_([0-9A-Za-z_-]{43}))_([0-9A-Za-z]{6})$/

/** An API key in its parts: `ogw_<keyId>_<secret>_<checksum>`. Only its digest is stored. */
interface ApiKey {
  /** Finds the key; no secret. */
  keyId: string
  /** 256 random bits in base64url. */
  secret: string
}

/** A new random key. */
export function generateApiKey(): ApiKey {
  const keyId = Array.from({ length: 16 }, () => digits[randomInt(36)]?.toLowerCase()).join('')
  return { keyId, secret: randomBytes(32).toString('base64url') }
}

/** The key as its owner gets it, once. */
export function writeApiKey({ keyId, secret }: ApiKey): string {
  const body = `ogw_${keyId}_${secret}`
  return `${body}_${checksum(body)}`
}

/** The parts of a key; undefined when it is none or was mistyped. */
export function readApiKey(text: string): ApiKey | undefined {
  const [, body, keyId, secret, sum] = form.exec(text) ?? []
  if (body === undefined || keyId === undefined || secret === undefined || checksum(body) !== sum) return undefined
  return { keyId, secret }
}

/** SHA-256 of a secret, as it is stored: 64 hexadecimal digits. A secret of 256 random bits needs no slow hash. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether a secret has this digest, in a time that tells nothing about either. */
export function matchesDigest(secret: string, digest: string): boolean {
  return timingSafeEqual(createHash('sha256').update(secret).digest(), Buffer.from(digest, 'hex'))
}

// CRC-32 in base 62, as long as its greatest value: a mistyped key never costs a look into the database.
function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < 6; place++) {
    text = digits.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
