import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { KeyRing } from '../../src/api-keys/key-ring.ts'
import { fillDemo } from '../../src/demo/fill-demo.ts'
import { schema } from '../../src/schema.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

const readme = readFileSync('README.md', 'utf8')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block]) => block ?? '')

let gateway: Gateway
let key: string

beforeAll(async () => {
  gateway = await startGateway()
  ;({ key } = await gateway.createKey({ subdomain: 'demo' }))
  await using keys = new KeyRing(gateway.databases)
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key does not work')
  await fillDemo({ db: gateway.databases.db, actor, committed: () => {} })
})
afterAll(() => gateway[Symbol.asyncDispose]())

test('names only scripts and files that are there', () => {
  const scripts = [...readme.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, script]) => script ?? '')
  expect(scripts.length).toBeGreaterThan(6)
  expect(scripts.filter(script => !(script in packageJson.scripts))).toEqual([])
  const files = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, file]) => file ?? '')
  expect(files.filter(file => !existsSync(file))).toEqual([])
})

test('its mutation works', async () => {
  const [document = ''] = blocks('graphql')
  expect(validate(schema, parse(document))).toEqual([])
  const { body } = await graphql(gateway.url, key, document)
  expect(body).toMatchObject({
    data: { setInvoiceStatus: { invoice: { status: 'PAID', order: { serviceStatus: expect.any(String) } } } },
  })
})

describe('its commands', () => {
  const curls = blocks('bash').flatMap(block =>
    [...block.matchAll(/^curl (?:[^\n]*\\\n)*[^\n]*$/gm)].map(([command]) => command),
  )

  /** What a command writes, to its end or until that is enough: a stream goes on for ever. */
  async function run(command: string, isEnough: (output: string) => boolean = () => false): Promise<string> {
    const script = command.replaceAll('http://127.0.0.1:4000', gateway.origin)
    const child = spawn('bash', ['-c', `exec ${script}`], {
      env: { ...process.env, KEY: key },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += chunk
      if (isEnough(output)) break
    }
    child.kill()
    return output
  }

  test('the first query answers', async () => {
    const { data } = JSON.parse(await run(curls[0] ?? ''))
    expect(data.orders.totalCount).toBe(6)
    expect(data.orders.edges[0].node).toEqual({
      number: '#1006',
      totalAmount: '49.50',
      currency: 'USD',
      billingStatus: 'PENDING',
      contact: { emailAddress: 'ada@example.com' },
    })
  })

  test('the first subscription streams the log from its beginning', async () => {
    const eventsOf = (output: string) =>
      output
        .split('\n')
        .slice(0, -1)
        .filter(line => line.startsWith('data: {'))
        .map(line => JSON.parse(line.slice(6)).data.events)
        .filter(item => item.sequence !== undefined)
    const events = eventsOf(await run(curls[1] ?? '', output => eventsOf(output).length > 50))
    expect(events.map(event => Number(event.sequence))).toEqual(events.map((_, index) => index + 1))
    expect(events[0]).toMatchObject({ eventType: 'contact.created', payload: { api_version: 2 } })
    expect(events.length).toBeGreaterThan(50)
  })
})
