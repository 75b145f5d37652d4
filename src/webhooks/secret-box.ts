import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/** A sealed secret that none of the keys opens, or that belongs somewhere else. */
export class UnopenedSecret extends Error {
  override readonly name = 'UnopenedSecret'
}

/**
 * Seals secrets for the database by AES-256-GCM: `v1.<key id>.<iv, tag and cipher text in base64url>`. The first key seals,
 * every key opens what it sealed, so that keys can be renewed. What a secret belongs to is sealed with it: moved to another row
 * it does not open.
 */
export class SecretBox {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #sealing: string

  /** Keys of 32 bytes, the sealing one first. */
  constructor(keys: readonly [Buffer, ...Buffer[]]) {
    this.#keys = new Map(keys.map(key => [keyId(key), key]))
    this.#sealing = keyId(keys[0])
  }

  seal(secret: Buffer, owner: string): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#sealing), iv)
    cipher.setAAD(Buffer.from(owner))
    const text = Buffer.concat([cipher.update(secret), cipher.final()])
    return [version, this.#sealing, Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')].join('.')
  }

  /** Throws {@link UnopenedSecret}. */
  open(sealed: string, owner: string): Buffer {
    const [form, id = '', content = ''] = sealed.split('.')
    if (form !== version) throw new UnopenedSecret('the sealed secret has an unknown form')
    const bytes = Buffer.from(content, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#key(id), bytes.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(owner))
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
    } catch {
      throw new UnopenedSecret('the sealed secret was changed, or belongs to something else')
    }
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id)
    if (key === undefined) throw new UnopenedSecret(`SECRETS_KEY has no key ${id}`)
    return key
  }
}

// Says which key it was, nothing about it.
function keyId(key: Buffer): string {
  return createHash('sha256').update('orders-gateway secrets key ').update(key).digest('hex').slice(0, 8)
}
