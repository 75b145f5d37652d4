import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { openPage, startChromium, whyNoChromium } from './chromium.ts'
import { type ExplorerGateway, startExplorerGateway } from './explorer-gateway.ts'
import { GraphiqlPage } from './graphiql-page.ts'

const story = ['ListOrders', 'OpenOrder', 'CreateOrder', 'InvoiceOrder', 'PayInvoice', 'RefundInvoice', 'FollowEvents']

const createContact = `mutation ($emailAddress: String!) {
  createContact(input: { emailAddress: $emailAddress }) { ... on CreateContactPayload { contact { id } } }
}`

const shot = (name: string) => ({ path: join(tmpdir(), `orders-gateway-explorer-${name}.png`) })

describe.skipIf(whyNoChromium !== undefined)('the story in a browser', { timeout: 120_000 }, () => {
  let explorer: ExplorerGateway
  let browser: Browser
  beforeAll(async () => {
    explorer = await startExplorerGateway()
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await explorer[Symbol.asyncDispose]()
  })

  test('plays from the first tab to the last, twice, and the panel shows every event', async () => {
    const { page, faults } = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(page)
    await graphiql.open(explorer.origin)
    expect(await graphiql.tabs()).toEqual(story)
    await page.screenshot(shot('first-tab'))

    for (const number of ['#1007', '#1008']) {
      const before = await graphiql.lastSequence()
      await graphiql.choose('ListOrders')
      expect(await graphiql.run()).toMatchObject({ data: { orders: { pageInfo: { hasNextPage: false } } } })
      await graphiql.choose('OpenOrder')
      expect(await graphiql.run()).toMatchObject({
        data: { order: { contact: { emailAddress: expect.any(String) }, invoices: { edges: [{}] } } },
      })

      await graphiql.choose('CreateOrder')
      expect(await graphiql.run()).toMatchObject({
        data: { createOrder: { replayed: false, order: { number, serviceStatus: 'PENDING', totalAmount: '297.00' } } },
      })
      expect(types(await graphiql.eventsAfter(before, 1))).toEqual(['order.created'])

      await graphiql.choose('InvoiceOrder')
      expect(await graphiql.run()).toMatchObject({
        data: {
          createInvoice: {
            replayed: false,
            invoice: { status: 'UNPAID', dueAmount: '297.00', order: { number, billingStatus: 'UNPAID' } },
          },
        },
      })
      expect(types(await graphiql.eventsAfter(before + 1, 2))).toEqual(['orders/invoice.created', 'order.updated'])

      await graphiql.choose('PayInvoice')
      expect(await graphiql.run()).toMatchObject({
        data: {
          setInvoiceStatus: {
            replayed: false,
            invoice: {
              status: 'PAID',
              dueAmount: '0.00',
              order: { serviceStatus: 'COMPLETED', billingStatus: 'PAID' },
            },
          },
        },
      })
      expect(types(await graphiql.eventsAfter(before + 3, 6))).toEqual([
        'orders/invoice.updated',
        'orders/invoice.paid',
        'one-time-order.invoice.paid',
        'order.updated',
        'order.completed',
        'one-time-order.completed',
      ])
      await page.screenshot(shot(`paid-${number.slice(1)}`))

      await graphiql.choose('RefundInvoice')
      expect(await graphiql.run()).toMatchObject({
        data: {
          setInvoiceStatus: { replayed: false, invoice: { status: 'REFUNDED', order: { billingStatus: 'REFUNDED' } } },
        },
      })
      const refunded = await graphiql.eventsAfter(before + 9, 4)
      expect(types(refunded)).toEqual([
        'orders/invoice.updated',
        'orders/invoice.refunded',
        'one_time_order.refunded',
        'order.updated',
      ])
      expect(refunded.map(event => event.subject)).toEqual([
        expect.stringMatching(new RegExp(`^Invoice \\d+ of ${number} · refunded · 297.00 USD$`)),
        expect.stringMatching(new RegExp(`^Invoice \\d+ of ${number} · refunded · 297.00 USD$`)),
        `Order ${number} · completed · 297.00 USD`,
        `Order ${number} · completed · 297.00 USD`,
      ])

      await graphiql.choose('FollowEvents')
      await graphiql.pressRun()
      await expect.poll(() => sequenceShown(graphiql), { timeout: 30_000 }).toBe(before + 13)
      await graphqlData(explorer.gateway.url, explorer.key, createContact, { emailAddress: `${number}@example.com` })
      await page.locator('.graphiql-response .view-line', { hasText: '"contact.identified"' }).waitFor()
      expect(await sequenceShown(graphiql)).toBe(before + 15)
      expect(types(await graphiql.eventsAfter(before + 13, 2))).toEqual(['contact.created', 'contact.identified'])
      // Run again: the stream ends, and the button offers to run.
      await graphiql.pressRun()
      await page.locator('.graphiql-execute-button[aria-label*="Execute"]').waitFor()

      await page.reload()
      await graphiql.ready()
    }
    expect(faults).toEqual([])
  })

  test('run twice without a reload, a step is replayed and nothing happens', async () => {
    const { page, faults } = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(page)
    await graphiql.open(explorer.origin)
    await graphiql.choose('CreateOrder')
    const first = await graphiql.run()
    const second = await graphiql.run()
    expect(first).toMatchObject({ data: { createOrder: { replayed: false } } })
    expect(second).toEqual(JSON.parse(JSON.stringify(first).replace('"replayed":false', '"replayed":true')))
    expect(faults).toEqual([])
  })

  test.each([
    ['narrow', { width: 800, height: 700 }],
    ['wide', { width: 1920, height: 1080, colorScheme: 'dark' as const }],
  ])('looks right in a %s window', async (name, look) => {
    const { page, faults } = await openPage(browser, explorer.origin, look)
    const graphiql = new GraphiqlPage(page)
    await graphiql.open(explorer.origin)
    await graphiql.choose('OpenOrder')
    await graphiql.run()
    await page.locator('.graphiql-response .view-line').nth(5).waitFor()
    await page.screenshot(shot(name))
    const { width = 0, height = 0 } = (await page.locator('#graphiql').boundingBox()) ?? {}
    const panel = (await graphiql.panel.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    expect(height).toBe(look.height)
    expect(panel.x + panel.width).toBeLessThanOrEqual(look.width)
    expect(panel.y + panel.height).toBeLessThanOrEqual(look.height)
    // Beside GraphiQL where there is room, within it where there is none.
    expect(width).toBe(name === 'wide' ? look.width - panel.width : look.width)
    expect(faults).toEqual([])
  })
})

/** The place in the log that the cursor in the response stands for. */
async function sequenceShown(graphiql: GraphiqlPage): Promise<number> {
  const text = await graphiql.textOf('.graphiql-response')
  if (text === '') return 0
  const { data } = JSON.parse(text) as { data: { events: { cursor: string } } }
  return Number(Buffer.from(data.events.cursor, 'base64url').toString().split(':').at(-1))
}

function types(events: { type: string }[]): string[] {
  return events.map(event => event.type)
}
