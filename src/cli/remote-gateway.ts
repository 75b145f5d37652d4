import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { UsageError } from './arguments.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')
const patienceMs = 15_000

/** A gateway could not be asked, or refused; the message is one line. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  /** The refusal's `extensions`, with its code; empty when there was no answer of a gateway. */
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.extensions = extensions
  }
}

/** A gateway that is used as any client uses it. */
export interface RemoteGateway {
  /** Of the GraphQL endpoint. */
  url: string
  key: string
  /** The data of an operation without errors. Throws GatewayError. */
  ask<Data>(document: string, variables?: Record<string, unknown>): Promise<Data>
}

/** Options of every command that talks to a gateway. */
export const gatewayOptions = {
  url: {
    value: '<url>',
    about: 'GraphQL endpoint of the gateway.',
    variable: 'GATEWAY_URL',
    default: 'http://127.0.0.1:4000/graphql',
  },
  key: {
    value: '<key>',
    about: 'API key. Without it, on this machine: that of the demo workspace, from DATA_DIR.',
    variable: 'GATEWAY_KEY',
  },
} as const

/** The gateway that the options name; it is not asked yet. Throws UsageError, and ConfigError when it needs DATA_DIR. */
export async function openRemoteGateway(options: { url: string; key: string | undefined }): Promise<RemoteGateway> {
  const address = readHttpUrl('url', options.url)
  if (address.pathname === '/') address.pathname = '/graphql'
  const url = address.href
  const key = options.key ?? (await readDemoKey(address))
  if (!/^[\x21-\x7e]{1,400}$/.test(key)) throw new UsageError('the API key is none: it has characters that none has')
  return { url, key, ask: (document, variables) => ask({ url, key }, document, variables) }
}

/** An http or https URL of an option. Throws UsageError. */
export function readHttpUrl(option: string, text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(`--${option} is ${JSON.stringify(text)}, must be a URL such as http://127.0.0.1:3000/path`)
}

async function readDemoKey({ hostname }: URL): Promise<string> {
  const makeOne = 'make one with npm run keys -- create'
  // The demo key is nobody's business but this machine's.
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    throw new UsageError(`GATEWAY_KEY is missing, or --key <key>: ${hostname} is not this machine; ${makeOne}`)
  }
  const { demo, dataDir } = readConfig(process.env)
  if (!demo) throw new UsageError(`GATEWAY_KEY is missing, or --key <key>; ${makeOne}`)
  const file = resolve(checkoutDir, dataDir, 'demo-key')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(
      `GATEWAY_KEY is missing, or --key <key>, and the demo key ${file} cannot be read (${error.code})`,
    )
  }
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: Record<string, unknown> }[]
}

async function ask<Data>(
  { url, key }: { url: string; key: string },
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query, variables }),
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  }).catch(error => {
    throw new GatewayError(`no gateway answers at ${url} (${reasonOf(error)})`)
  })
  const answer = await readAnswer<Data>(response)
  if (answer === undefined) throw new GatewayError(`${url} is no gateway: it answered ${response.status}`)
  const [error] = answer.errors ?? []
  if (error !== undefined) throw refusal(url, error)
  if (answer.data == null) throw new GatewayError(`${url} is no gateway: its answer has no data`)
  return answer.data
}

async function readAnswer<Data>(response: Response): Promise<Answer<Data> | undefined> {
  try {
    const answer: unknown = await response.json()
    const isAnswer = typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)
    return isAnswer ? (answer as Answer<Data>) : undefined
  } catch {
    return undefined
  }
}

/** What a gateway's refusal means to the caller of a command. */
export function refusal(
  url: string,
  { message, extensions = {} }: { message: string; extensions?: Record<string, unknown> },
): GatewayError {
  const text = extensions.code === 'UNAUTHENTICATED' ? unknownKey(url) : `the gateway refuses: ${message}`
  return new GatewayError(text, extensions)
}

/** The line for a key that is not, or no longer, good. */
export function unknownKey(url: string): string {
  return `the gateway at ${url} does not take this key: it is wrong, expired or revoked`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.name === 'TimeoutError' ? `nothing came for ${patienceMs / 1_000} s` : error.message
}
