import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRemoteGateway } from '../../src/cli/remote-gateway.ts'
import { flows } from '../../src/cli/trigger/flows.ts'
import { playFlow, readFlow } from '../../src/cli/trigger/play-flow.ts'
import { type EventType, eventTypes } from '../../src/events/event.ts'
import { type Ended, runCommand } from '../setup/command.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'

const types = Object.keys(eventTypes) as EventType[]
const possible = types.filter(type => typeof flows[type] !== 'string')
const impossible = types.filter(type => typeof flows[type] === 'string')

let gateway: Gateway
let key: string
let workspaceId: string

beforeAll(async () => {
  gateway = await startGateway()
  ;({ key, workspaceId } = await gateway.createKey({ subdomain: 'trigger' }))
})

afterAll(() => gateway[Symbol.asyncDispose]())

async function eventsOf(workspace: string) {
  return gateway.databases.db
    .selectFrom('events')
    .select(['id', 'sequence', 'type', 'subject_type', 'live_mode', 'data'])
    .where('workspace_id', '=', workspace)
    .orderBy('sequence')
    .execute()
}

async function countOf(table: 'contacts' | 'products' | 'prices' | 'orders' | 'invoices', workspace: string) {
  const { count } = await gateway.databases.db
    .selectFrom(table)
    .select(eb => eb.fn.countAll<string>().as('count'))
    .where('workspace_id', '=', workspace)
    .executeTakeFirstOrThrow()
  return Number(count)
}

function trigger(...args: string[]): Promise<Ended> {
  return runCommand(['trigger', ...args], {})
}

describe('in process', () => {
  test('all that the orders, invoices, contacts and the catalog of the API can cause are in the table', () => {
    expect(possible).toEqual([
      'contact.created',
      'contact.updated',
      'contact.identified',
      'order.created',
      'order.updated',
      'order.completed',
      'one-time-order.completed',
      'one_time_order.refunded',
      'subscription.activated',
      'subscription.reactivated',
      'subscription.canceled',
      'subscription.churned',
      'subscription.completed',
      'subscription.first_payment_received',
      'orders/invoice.created',
      'orders/invoice.updated',
      'orders/invoice.paid',
      'orders/invoice.refunded',
      'orders/invoice.past_due',
      'orders/invoice.voided',
      'one-time-order.invoice.paid',
      'subscription.invoice.paid',
      'product.created',
      'products/variant.created',
      'product.updated',
      'products/variant.updated',
    ])
  })

  test.each(possible)('%s is caused, in test mode, about an object of the flow', async type => {
    const known = (await eventsOf(workspaceId)).length
    const triggered = await playFlow(await openRemoteGateway({ url: gateway.url, key }), readFlow(type), false)
    const caused = (await eventsOf(workspaceId)).slice(known)
    const event = caused.find(({ id }) => id === triggered.eventId)
    const { subject } = eventTypes[type]
    const hasMode = subject === 'Order' || subject === 'Orders::Invoice'
    expect(event).toMatchObject({ type, subject_type: subject, live_mode: hasMode ? false : null })
    expect(triggered).toMatchObject({ eventType: type, sequence: event?.sequence, liveMode: hasMode ? false : null })
    expect(triggered.objects.map(({ kind }) => kind)).toContain(subject)
    expect(caused.every(({ live_mode }) => live_mode !== true)).toBe(true)
  })

  test('what flows need is made once and found again', async () => {
    const { key, workspaceId } = await gateway.createKey({ subdomain: 'twice', currency: 'JPY' })
    const remote = await openRemoteGateway({ url: gateway.url, key })
    for (const type of ['orders/invoice.paid', 'subscription.invoice.paid', 'orders/invoice.paid', 'contact.updated']) {
      await playFlow(remote, readFlow(type), false)
    }
    const counts = async (...tables: Parameters<typeof countOf>[0][]) =>
      Object.fromEntries(await Promise.all(tables.map(async table => [table, await countOf(table, workspaceId)])))
    expect(await counts('contacts', 'products', 'prices', 'orders', 'invoices')).toEqual({
      contacts: 1,
      products: 1,
      prices: 2,
      orders: 3,
      invoices: 3,
    })
    const { email_address } = await gateway.databases.db
      .selectFrom('contacts')
      .select('email_address')
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    expect(email_address).toBe('trigger@example.com')
  })

  test('what was archived is not sold: it is made anew', async () => {
    const { key, workspaceId } = await gateway.createKey({ subdomain: 'archived' })
    const remote = await openRemoteGateway({ url: gateway.url, key })
    await playFlow(remote, readFlow('order.created'), false)
    const archive = async (table: 'prices' | 'variants') => {
      await gateway.databases.db
        .updateTable(table)
        .set({ archived: true })
        .where('workspace_id', '=', workspaceId)
        .execute()
      await playFlow(remote, readFlow('order.created'), false)
      return [await countOf('products', workspaceId), await countOf('prices', workspaceId)]
    }
    expect(await archive('prices')).toEqual([1, 2])
    expect(await archive('variants')).toEqual([2, 3])
  })

  test.each(impossible)('%s is refused with a reason, unlike an unknown one', type => {
    expect(() => readFlow(type)).toThrow(`${type} cannot be triggered: ${flows[type]}; see npm run trigger -- --list`)
  })
})

describe.concurrent('the command', () => {
  const at = () => ['--url', gateway.url, '--key', key]

  test('the environment says which gateway and which key, and options win', async () => {
    const run = (args: string[], env: Record<string, string>) =>
      runCommand(['trigger', 'contact.created', '--json', ...args], env)
    const right = { GATEWAY_URL: gateway.url, GATEWAY_KEY: key }
    const wrong = { GATEWAY_URL: 'http://127.0.0.1:9/graphql', GATEWAY_KEY: 'any' }
    expect(await run([], right)).toMatchObject({ code: 0, stderr: '' })
    expect(await run([], wrong)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^no gateway answers at http:\/\/127\.0\.0\.1:9\/graphql/),
    })
    expect(await run(at(), wrong)).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await runCommand(['trigger', '--help'], {})
    expect(stdout).toContain('(or GATEWAY_URL in the environment; default: http://127.0.0.1:4000/graphql)')
    expect(stdout).toContain('(or GATEWAY_KEY in the environment)')
  })

  test('--json prints the event, its place and the objects', async () => {
    const { code, stdout, stderr } = await trigger('orders/invoice.paid', ...at(), '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const event = (await eventsOf(workspaceId)).find(({ id }) => id === JSON.parse(stdout).eventId)
    const run = /"external_id":"(trigger-[0-9a-f]{8})-invoice"/.exec(event?.data ?? '')?.[1]
    expect(JSON.parse(stdout)).toEqual({
      eventId: event?.id,
      sequence: event?.sequence,
      eventType: 'orders/invoice.paid',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      liveMode: false,
      cursor: expect.any(String),
      objects: [
        { kind: 'Contact', id: expect.any(String), label: 'trigger@example.com' },
        { kind: 'Product', id: expect.any(String), label: 'Trigger product' },
        { kind: 'Products::Variant', id: expect.any(String), label: 'Trigger product' },
        { kind: 'Order', id: expect.any(String), label: expect.stringMatching(new RegExp(`^#\\d+ ${run}$`)) },
        {
          kind: 'Orders::Invoice',
          id: expect.any(String),
          label: expect.stringMatching(new RegExp(`^\\d+ ${run}-invoice$`)),
        },
      ],
    })
  })

  test('--live makes a live order; people get a table', async () => {
    const { stdout } = await trigger('subscription.activated', ...at(), '--live')
    const [, eventId] =
      /^subscription\.activated, live\n {2}Event +([0-9a-f-]{36})\n {2}Sequence +\d+\n/.exec(stdout) ?? []
    const event = (await eventsOf(workspaceId)).find(({ id }) => id === eventId)
    expect(event).toMatchObject({ type: 'subscription.activated', live_mode: true })
    expect(stdout).toMatch(/\n {2}Order +#\d+ trigger-[0-9a-f]{8}, id \S+\n$/)
  })

  test('--list has every type on the right side', async () => {
    const { stdout } = await trigger('--list')
    const [can = '', cannot = ''] = stdout.split('These cannot:')
    const listed = (text: string) => [...text.matchAll(/^ {2}(\S+)/gm)].map(([, type]) => type)
    expect([listed(can), listed(cannot)]).toEqual([possible, impossible])
    const json = JSON.parse((await trigger('--list', '--json')).stdout)
    expect(json.map(({ eventType }: { eventType: string }) => eventType)).toEqual(types)
  })

  test('what it refuses, in one line and with exit code 1', async () => {
    const refusal = async (...args: string[]) => {
      const { code, stdout, stderr } = await trigger(...args)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      return stderr
    }
    expect(await refusal('orders/invoice.payed', ...at())).toBe(
      'There is no event type "orders/invoice.payed"; see npm run trigger -- --list\n',
    )
    expect(await refusal('toString', ...at())).toBe(
      'There is no event type "toString"; see npm run trigger -- --list\n',
    )
    expect(await refusal('contacts/applied_tag.created', ...at())).toBe(
      'contacts/applied_tag.created cannot be triggered: the API does not tag contacts yet; see npm run trigger -- --list\n',
    )
    expect(await refusal(...at())).toBe(
      'Say which event, first: npm run trigger -- orders/invoice.paid; see npm run trigger -- --list\n',
    )
    const { key: reader } = await gateway.createKey({
      subdomain: 'trigger',
      scopes: ['contacts:read', 'catalog:read', 'orders:read', 'events:read'],
    })
    expect(await refusal('order.created', '--url', gateway.url, '--key', reader)).toMatch(
      /^the gateway refuses: .*contacts:write.*\n$/,
    )
  })
})
