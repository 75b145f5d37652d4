import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { takeTlsParameters, tlsModeOf, tlsModes, tlsOptions } from './database/tls.ts'

/** Everything wrong with the environment; the message has one line for each mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** An environment variable: what it means, what it is when it is not set or empty, and what it may be. */
interface Variable<Rule extends v.GenericSchema<string | undefined, unknown>> {
  meaning: string
  /** As it would be written; a sentence where it depends on other variables. */
  fallback: string
  rule: Rule
}

function variable<Rule extends v.GenericSchema<string | undefined, unknown>>(
  rule: Rule,
  fallback: string,
  meaning: string,
): Variable<Rule> {
  return { rule, fallback, meaning }
}

const must = (what: string) => (issue: v.BaseIssue<unknown>) => `is ${JSON.stringify(issue.input)}, must be ${what}`

const text = v.string()

function integer(min: number, max: number) {
  const what = `a whole number from ${min} to ${max}`
  return v.pipe(
    text,
    v.check(value => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max, must(what)),
    v.transform(Number),
  )
}

function oneOf<const Value extends string>(...values: Value[]) {
  const what = values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`
  return v.picklist(values, must(what))
}

const onOff = v.pipe(
  oneOf('on', 'off'),
  v.transform(value => value === 'on'),
)

// A URL may hold a password: what is wrong with it is said without repeating it.
const databaseUrl = v.pipe(
  text,
  v.check(
    value => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace('@/', '@localhost/')),
    'is not a postgresql:// URL; percent-encode special characters of user and password',
  ),
)

const origins = v.pipe(
  text,
  v.check(
    value => listed(value).every(isOrigin),
    must('a comma-separated list of exact origins such as https://shop.example.com'),
  ),
  v.transform(listed),
)

const keys = v.pipe(
  text,
  v.check(
    value => listed(value).every(key => /^([0-9a-f]{64}|[0-9a-z+/]{43}=)$/i.test(key)),
    // What is wrong with a key is said without repeating it.
    'is not one or more keys of 32 bytes, each 64 hexadecimal digits or base64, comma-separated',
  ),
  v.transform(value => listed(value).map(key => Buffer.from(key, key.length === 64 ? 'hex' : 'base64'))),
)

function listed(value: string): string[] {
  return value.split(',').flatMap(item => item.trim() || [])
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value
}

/** Every environment variable that the gateway reads. */
export const variables = {
  DATABASE_URL: variable(
    v.optional(databaseUrl),
    '',
    'PostgreSQL 15 or newer to use, as a `postgresql://` URL. Not set: demo mode, with a PostgreSQL of its own and demo data.',
  ),
  DATABASE_SCHEMA: variable(
    v.pipe(
      text,
      v.check(value => /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(value), must('a lower-case name such as orders_gateway')),
    ),
    'public',
    'Schema that holds all tables; `migrate` creates it.',
  ),
  DATABASE_SSL: variable(
    v.optional(oneOf(...tlsModes)),
    '`sslmode` of DATABASE_URL, else `disable`',
    'TLS to PostgreSQL: `disable`, `require` (encrypts, checks no certificate), `verify-ca` or `verify-full`.',
  ),
  DATABASE_SSL_CA: variable(
    v.optional(text),
    'the authorities that Node knows',
    'PEM file of the authority that `verify-ca` and `verify-full` trust.',
  ),
  DATABASE_PREPARE: variable(
    onOff,
    'on',
    '`off` gives up prepared statements and pipelining, for poolers in transaction mode.',
  ),
  DATA_DIR: variable(
    text,
    '.data',
    "Directory of the demo mode's database and key; a relative one starts at the checkout.",
  ),
  PORT: variable(integer(0, 65_535), '4000', 'TCP port to listen on; 0 takes a free one.'),
  HOST: variable(text, '127.0.0.1', 'Address to listen on; `0.0.0.0` or `::` for all.'),
  LOG_LEVEL: variable(
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'Least level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
  ),
  LOG_FORMAT: variable(
    v.optional(oneOf('json', 'pretty', 'text')),
    '`pretty` in demo mode, else `json`',
    '`json`, `pretty` (for people, in colour on a terminal) or `text` (the same without colour).',
  ),
  CORS_ORIGINS: variable(
    origins,
    '',
    'Origins whose pages may call the gateway from a browser, comma-separated. Not set: none but its own.',
  ),
  TRUST_PROXY: variable(
    integer(0, 10),
    '0',
    'Number of proxies in front: the client is the address that many places from the end of `X-Forwarded-For`.',
  ),
  GRAPHIQL: variable(v.optional(onOff), '`on` in demo mode, else `off`', 'Whether `/graphql` shows the GraphiQL page.'),
  POOL_SIZE: variable(integer(1, 1000), '10', 'Connections for transactions, filtered lists and counts.'),
  POOL_QUEUE: variable(
    integer(1, 100_000),
    '200',
    'Requests that may wait for one of those; the next is answered 503 with Retry-After.',
  ),
  SHARED_CONNECTIONS: variable(
    integer(1, 100),
    '2',
    'Pipelined connections that all reads of fixed cost share; none with `DATABASE_PREPARE=off`.',
  ),
  STATEMENT_TIMEOUT_MS: variable(
    integer(100, 600_000),
    '10000',
    'Milliseconds after which PostgreSQL gives up a statement.',
  ),
  EVENT_RETENTION_DAYS: variable(
    integer(1, 3650),
    '30',
    'Days that events stay in the log; older ones can be neither listed nor resumed from.',
  ),
  SECRETS_KEY: variable(
    v.optional(keys),
    'a file in DATA_DIR in demo mode, else none',
    'Key that the secrets of webhooks are stored under: 32 random bytes as 64 hexadecimal digits or base64. Several, comma-separated: the first seals, all open. Without one webhooks are off.',
  ),
  WEBHOOK_ALLOW_LOOPBACK: variable(
    v.optional(onOff),
    '`on` in demo mode, else `off`',
    'Whether webhooks may also go to this machine itself, then over http too, on any port.',
  ),
}

/** The gateway's configuration; what each member means stands in {@link variables}. */
export interface Config {
  /** No DATABASE_URL: a PostgreSQL of our own, with demo data. */
  demo: boolean
  /** Undefined in demo mode. TLS parameters are taken out of it: `databaseSsl` has them. */
  databaseUrl: string | undefined
  databaseSchema: string
  /** As `pg` takes it; undefined in demo mode. */
  databaseSsl: ReturnType<typeof tlsOptions> | undefined
  dataDir: string
  port: number
  host: string
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  logFormat: 'json' | 'pretty' | 'text'
  corsOrigins: readonly string[]
  /** How many proxies stand in front of the gateway. */
  trustProxy: number
  graphiql: boolean
  poolSize: number
  poolQueue: number
  /** 0 with `DATABASE_PREPARE=off`: everything goes unnamed over the pool. */
  sharedConnections: number
  statementTimeoutMs: number
  eventRetentionDays: number
  /** Empty: none is set. The first seals. */
  secretsKeys: readonly Buffer[]
  webhookAllowLoopback: boolean
}

type Name = keyof typeof variables
type Values = { [Key in Name]: v.InferOutput<(typeof variables)[Key]['rule']> }

/** Reads the configuration. An empty variable is one that is not set. Throws ConfigError with every mistake. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const mistakes: string[] = []
  const values = Object.fromEntries(
    Object.entries(variables).map(([name, { rule, fallback }]) => {
      const isOptional = v.is(rule, undefined)
      const parsed = v.safeParse(rule, env[name] || (isOptional ? undefined : fallback))
      if (!parsed.success) mistakes.push(...parsed.issues.map(issue => `${name} ${issue.message}`))
      return [name, parsed.output]
    }),
  ) as Values
  // What depends on several variables is read only when each of them is sound.
  const isSound = !mistakes.some(mistake => mistake.startsWith('DATABASE_'))
  const database = isSound ? readDatabase(values, mistakes) : undefined
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  const demo = database === undefined
  return {
    demo,
    databaseUrl: database?.url,
    databaseSchema: values.DATABASE_SCHEMA,
    databaseSsl: database?.ssl,
    dataDir: values.DATA_DIR,
    port: values.PORT,
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (demo ? 'pretty' : 'json'),
    corsOrigins: values.CORS_ORIGINS,
    trustProxy: values.TRUST_PROXY,
    graphiql: values.GRAPHIQL ?? demo,
    poolSize: values.POOL_SIZE,
    poolQueue: values.POOL_QUEUE,
    sharedConnections: values.DATABASE_PREPARE ? values.SHARED_CONNECTIONS : 0,
    statementTimeoutMs: values.STATEMENT_TIMEOUT_MS,
    eventRetentionDays: values.EVENT_RETENTION_DAYS,
    secretsKeys: values.SECRETS_KEY ?? [],
    webhookAllowLoopback: values.WEBHOOK_ALLOW_LOOPBACK ?? demo,
  }
}

function readDatabase(
  values: Values,
  mistakes: string[],
): { url: string; ssl: ReturnType<typeof tlsOptions> } | undefined {
  if (values.DATABASE_URL === undefined) {
    for (const name of ['DATABASE_SSL', 'DATABASE_SSL_CA'] as const) {
      if (values[name] !== undefined) mistakes.push(`${name} is set without DATABASE_URL`)
    }
    return undefined
  }
  const { url, sslmode, rootCertificate } = takeTlsParameters(values.DATABASE_URL)
  const mode = values.DATABASE_SSL ?? (sslmode === undefined ? 'disable' : tlsModeOf(sslmode))
  const caFile = values.DATABASE_SSL_CA ?? rootCertificate
  if (mode === undefined) {
    mistakes.push(`DATABASE_URL has sslmode=${sslmode}, must be one of ${tlsModes.join(', ')}`)
    return undefined
  }
  if (caFile !== undefined && (mode === 'disable' || mode === 'require')) {
    mistakes.push(`DATABASE_SSL_CA needs DATABASE_SSL=verify-ca or verify-full, not ${mode}`)
    return undefined
  }
  return { url, ssl: tlsOptions(mode, caFile === undefined ? undefined : readAuthority(caFile, mistakes)) }
}

function readAuthority(file: string, mistakes: string[]): string | undefined {
  try {
    const pem = readFileSync(resolve(file), 'utf8')
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
    mistakes.push(`DATABASE_SSL_CA ${file} holds no PEM certificate`)
  } catch (error) {
    mistakes.push(`DATABASE_SSL_CA ${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  return undefined
}
