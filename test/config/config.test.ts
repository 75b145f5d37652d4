import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, readConfig, variables } from '../../src/config.ts'

const database = { DATABASE_URL: 'postgresql://orders:secret@db.example.com/orders' }

function mistakes(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

test('without anything it is demo mode with the defaults of the table', () => {
  expect(readConfig({})).toEqual({
    demo: true,
    databaseUrl: undefined,
    databaseSchema: 'public',
    databaseSsl: undefined,
    dataDir: '.data',
    port: 4000,
    host: '127.0.0.1',
    logLevel: 'info',
    logFormat: 'pretty',
    corsOrigins: [],
    trustProxy: 0,
    graphiql: true,
    poolSize: 10,
    poolQueue: 200,
    sharedConnections: 2,
    statementTimeoutMs: 10_000,
    eventRetentionDays: 30,
    secretsKeys: [],
    webhookAllowLoopback: true,
  })
})

test('an empty variable is one that is not set', () => {
  const empty = Object.fromEntries(Object.keys(variables).map(name => [name, '']))
  expect(readConfig(empty)).toEqual(readConfig({}))
})

test('with DATABASE_URL logs are JSON and the GraphiQL page is off', () => {
  expect(readConfig(database)).toMatchObject({ demo: false, graphiql: false, logFormat: 'json', databaseSsl: false })
  expect(readConfig({ ...database, GRAPHIQL: 'on', LOG_FORMAT: 'text' })).toMatchObject({
    graphiql: true,
    logFormat: 'text',
  })
})

test('every variable is read', () => {
  expect(
    readConfig({
      ...database,
      DATABASE_SCHEMA: 'orders_gateway',
      DATABASE_PREPARE: 'off',
      SHARED_CONNECTIONS: '4',
      DATA_DIR: '/srv/data',
      PORT: '0',
      HOST: '::',
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'json',
      CORS_ORIGINS: 'https://shop.example.com, http://localhost:3000',
      TRUST_PROXY: '2',
      GRAPHIQL: 'off',
      POOL_SIZE: '20',
      POOL_QUEUE: '50',
      STATEMENT_TIMEOUT_MS: '2500',
      EVENT_RETENTION_DAYS: '7',
      SECRETS_KEY: `${'ab'.repeat(32)}, ${Buffer.alloc(32, 7).toString('base64')}`,
      WEBHOOK_ALLOW_LOOPBACK: 'on',
    }),
  ).toEqual({
    demo: false,
    databaseUrl: database.DATABASE_URL,
    databaseSchema: 'orders_gateway',
    databaseSsl: false,
    dataDir: '/srv/data',
    port: 0,
    host: '::',
    logLevel: 'silent',
    logFormat: 'json',
    corsOrigins: ['https://shop.example.com', 'http://localhost:3000'],
    trustProxy: 2,
    graphiql: false,
    poolSize: 20,
    poolQueue: 50,
    sharedConnections: 0,
    statementTimeoutMs: 2500,
    eventRetentionDays: 7,
    secretsKeys: [Buffer.alloc(32, 0xab), Buffer.alloc(32, 7)],
    webhookAllowLoopback: true,
  })
})

test('all mistakes are reported at once, with what is allowed and without the password', () => {
  expect(
    mistakes({
      DATABASE_URL: 'mysql://orders:secret@db/orders',
      DATABASE_SSL: 'prefer',
      DATABASE_SCHEMA: 'Orders',
      PORT: '65536',
      LOG_LEVEL: 'INFO',
      CORS_ORIGINS: 'https://shop.example.com/',
      GRAPHIQL: 'yes',
      POOL_SIZE: '0',
      EVENT_RETENTION_DAYS: '1.5',
    }),
  ).toEqual([
    'DATABASE_URL is not a postgresql:// URL; percent-encode special characters of user and password',
    'DATABASE_SCHEMA is "Orders", must be a lower-case name such as orders_gateway',
    'DATABASE_SSL is "prefer", must be one of disable, require, verify-ca, verify-full',
    'PORT is "65536", must be a whole number from 0 to 65535',
    'LOG_LEVEL is "INFO", must be one of trace, debug, info, warn, error, fatal, silent',
    'CORS_ORIGINS is "https://shop.example.com/", must be a comma-separated list of exact origins such as https://shop.example.com',
    'GRAPHIQL is "yes", must be on or off',
    'POOL_SIZE is "0", must be a whole number from 1 to 1000',
    'EVENT_RETENTION_DAYS is "1.5", must be a whole number from 1 to 3650',
  ])
})

test.each(['secret', 'ab'.repeat(31), `${'ab'.repeat(32)},ab`, Buffer.alloc(31).toString('base64')])(
  'SECRETS_KEY=%s is refused without being repeated',
  SECRETS_KEY => {
    expect(mistakes({ SECRETS_KEY })).toEqual([
      'SECRETS_KEY is not one or more keys of 32 bytes, each 64 hexadecimal digits or base64, comma-separated',
    ])
  },
)

test.each([
  '*',
  'null',
  'shop.example.com',
  'https://shop.example.com,ftp://files.example.com',
  'https://*.example.com:x',
])('CORS_ORIGINS=%s is refused', CORS_ORIGINS => {
  expect(mistakes({ CORS_ORIGINS })).toEqual([expect.stringMatching(/^CORS_ORIGINS is .* must be/)])
})

test.each(['pg_catalog', 'a b', 'a"; drop schema public', '1st', 'a'.repeat(64)])(
  'DATABASE_SCHEMA=%s is refused',
  DATABASE_SCHEMA => {
    expect(mistakes({ DATABASE_SCHEMA })).toEqual([expect.stringMatching(/^DATABASE_SCHEMA is .* must be/)])
  },
)

test('TLS settings without DATABASE_URL are refused: a lost URL must not start a demo', () => {
  expect(mistakes({ DATABASE_SSL: 'require', DATABASE_SSL_CA: 'ca.pem' })).toEqual([
    'DATABASE_SSL is set without DATABASE_URL',
    'DATABASE_SSL_CA is set without DATABASE_URL',
  ])
})

test.each([
  [{}, '', false],
  [{}, '?sslmode=disable', false],
  [{}, '?sslmode=require', { rejectUnauthorized: false }],
  [{}, '?sslmode=no-verify', { rejectUnauthorized: false }],
  [{}, '?sslmode=verify-full', {}],
  [{}, '?sslmode=verify-ca', { checkServerIdentity: expect.any(Function) }],
  [{ DATABASE_SSL: 'verify-full' }, '?sslmode=disable', {}],
  [{ DATABASE_SSL: 'disable' }, '?sslmode=require&uselibpqcompat=true', false],
])('TLS of %j with %s in the URL', (variable, query, ssl) => {
  const config = readConfig({ DATABASE_URL: database.DATABASE_URL + query, ...variable })
  expect(config.databaseSsl).toEqual(ssl)
  expect(config.databaseUrl).toBe(database.DATABASE_URL)
})

test('other parameters of the URL stay', () => {
  const DATABASE_URL = `${database.DATABASE_URL}?host=%2Frun%2Fpostgresql&sslmode=disable&port=6000`
  expect(readConfig({ DATABASE_URL }).databaseUrl).toBe(`${database.DATABASE_URL}?host=%2Frun%2Fpostgresql&port=6000`)
})

test("libpq's prefer, which gives up encryption without a word, is refused", () => {
  expect(mistakes({ DATABASE_URL: `${database.DATABASE_URL}?sslmode=prefer` })).toEqual([
    'DATABASE_URL has sslmode=prefer, must be one of disable, require, verify-ca, verify-full',
  ])
})

test('the file of DATABASE_SSL_CA is read, and needs a mode that checks certificates', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'authority-'))
  try {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const file = join(directory, 'ca.pem')
    await writeFile(file, pem)
    expect(readConfig({ ...database, DATABASE_SSL: 'verify-full', DATABASE_SSL_CA: file }).databaseSsl).toEqual({
      ca: pem,
    })
    expect(mistakes({ ...database, DATABASE_SSL: 'require', DATABASE_SSL_CA: file })).toEqual([
      'DATABASE_SSL_CA needs DATABASE_SSL=verify-ca or verify-full, not require',
    ])
    await writeFile(file, 'nothing')
    expect(mistakes({ ...database, DATABASE_SSL: 'verify-ca', DATABASE_SSL_CA: file })).toEqual([
      `DATABASE_SSL_CA ${file} holds no PEM certificate`,
    ])
    expect(mistakes({ ...database, DATABASE_SSL: 'verify-ca', DATABASE_SSL_CA: join(directory, 'none') })).toEqual([
      expect.stringMatching(/^DATABASE_SSL_CA \S+none cannot be read: ENOENT/),
    ])
  } finally {
    await rm(directory, { recursive: true })
  }
})
