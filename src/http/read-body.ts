import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusal.ts'

/** The largest body of a request, in bytes (api.md). */
const maxBodyBytes = 128 * 1024

/** Refuses, by its headers alone, a body that is not JSON in UTF-8 or that says it is too large. */
export function checkBodyHeaders({ headers }: IncomingMessage): void {
  if (!isJson(headers['content-type'])) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The content type must be application/json in UTF-8.')
  }
  if (headers['content-encoding'] !== undefined) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must have no content encoding.')
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
}

function isJson(contentType = ''): boolean {
  if (contentType === 'application/json') return true
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  return (
    type.trim() === 'application/json' &&
    parameters.every(parameter => {
      const [name = '', value = ''] = parameter.split('=')
      return name.trim() !== 'charset' || /^"?utf-8"?$/.test(value.trim())
    })
  )
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BODY_TOO_LARGE', `The body is larger than ${maxBodyBytes} bytes.`)
}

/** The body as text. Throws a {@link Refusal} as soon as it is too large, and when it is not UTF-8. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const body = await collect(request)
  if (!isUtf8(body)) throw new Refusal(400, 'BAD_REQUEST', 'The body is not UTF-8.')
  return body.toString('utf8')
}

function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBodyBytes) return reject(tooLarge())
      chunks.push(chunk)
    })
    const cutOff = () => {
      if (!request.complete) reject(new Refusal(400, 'BAD_REQUEST', 'The body ended early.'))
    }
    request.on('end', () => resolve(Buffer.concat(chunks, size)))
    request.on('error', cutOff)
    request.on('close', cutOff)
  })
}
