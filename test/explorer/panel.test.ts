import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { openPage, startChromium, whyNoChromium } from './chromium.ts'
import { type ExplorerGateway, startExplorerGateway } from './explorer-gateway.ts'
import { GraphiqlPage } from './graphiql-page.ts'

const createContact = `mutation ($emailAddress: String!) {
  createContact(input: { emailAddress: $emailAddress }) { ... on CreateContactPayload { contact { id } } }
}`

describe.skipIf(whyNoChromium !== undefined)('the panel of live events', () => {
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

  async function open() {
    const watched = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(watched.page)
    await graphiql.open(explorer.origin)
    return { ...watched, graphiql }
  }

  let contacts = 0
  /** Two events: `contact.created` and `contact.identified`. */
  async function happen(key = explorer.key): Promise<string> {
    contacts += 1
    const emailAddress = `person-${contacts}@example.com`
    await graphqlData(explorer.gateway.url, key, createContact, { emailAddress })
    return emailAddress
  }

  test('begins with the latest events, and a click shows the payload', async () => {
    const { graphiql, faults } = await open()
    const events = await graphiql.events()
    expect(events).toHaveLength(30)
    expect(events.at(-1)).toMatchObject({ type: 'order.created', subject: 'Order #1006 · pending · 49.50 USD' })
    const newest = graphiql.panel.locator('.event').first()
    expect(await newest.locator('pre').isVisible()).toBe(false)
    await newest.locator('button').click()
    expect(JSON.parse((await newest.locator('pre').textContent()) ?? '')).toMatchObject({
      event_type: 'order.created',
      subject_type: 'Order',
      data: { order_number: '#1006', total_amount: '49.50' },
    })
    await newest.locator('button').click()
    expect(await newest.locator('pre').isVisible()).toBe(false)
    expect(faults).toEqual([])
  })

  test('misses nothing and repeats nothing when the connection is cut', async () => {
    const { graphiql } = await open()
    const before = (await graphiql.lastSequence()) + 2
    await happen()
    await graphiql.eventsAfter(before - 2, 2)
    const restore = explorer.cut()
    await graphiql.panel.and(graphiql.page.locator('[data-state="waiting"]')).waitFor()
    const emailAddress = await happen()
    restore()
    const events = await graphiql.eventsAfter(before, 2)
    expect(events).toEqual([
      { sequence: before + 1, type: 'contact.created', subject: `Contact ${emailAddress}` },
      { sequence: before + 2, type: 'contact.identified', subject: `Contact ${emailAddress}` },
    ])
    await graphiql.live()
    const sequences = (await graphiql.events()).map(event => event.sequence)
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
  })

  test('pauses, goes on where it was, and can be cleared', async () => {
    const { graphiql, faults } = await open()
    const before = await graphiql.lastSequence()
    await graphiql.panel.getByRole('button', { name: 'Pause' }).click()
    expect(await graphiql.panel.locator('.words').textContent()).toBe('Paused')
    await graphiql.panel.getByRole('button', { name: 'Clear' }).click()
    expect(await graphiql.events()).toEqual([])
    await happen()
    await graphiql.page.waitForTimeout(500)
    expect(await graphiql.events()).toEqual([])
    await graphiql.panel.getByRole('button', { name: 'Resume' }).click()
    expect((await graphiql.eventsAfter(before, 2)).map(event => event.type)).toEqual([
      'contact.created',
      'contact.identified',
    ])
    expect(faults).toEqual([])
  })

  test('folded it counts what happens, and stays folded after a reload', async () => {
    const { graphiql, page, faults } = await open()
    await graphiql.panel.locator('.fold').click()
    expect(await graphiql.panel.locator('.events').isVisible()).toBe(false)
    await happen()
    await graphiql.panel.locator('.unseen', { hasText: /^2$/ }).waitFor()
    await page.reload()
    await graphiql.ready()
    expect(await graphiql.panel.locator('.events').isVisible()).toBe(false)
    await graphiql.panel.locator('.fold').click()
    expect(await graphiql.panel.locator('.events').isVisible()).toBe(true)
    expect(await graphiql.panel.locator('.unseen').isVisible()).toBe(false)
    expect(faults).toEqual([])
  })

  test('holds at most 200 events', async () => {
    const { graphiql } = await open()
    const before = await graphiql.lastSequence()
    await Promise.all(Array.from({ length: 110 }, () => happen()))
    await graphiql.panel.locator(`.event[data-sequence="${before + 220}"]`).waitFor()
    const events = await graphiql.events()
    expect(events.map(event => event.sequence)).toEqual(Array.from({ length: 200 }, (_, index) => before + 21 + index))
  })

  test('follows the key in the headers pane, and asks for another when that is unknown', async () => {
    const other = await explorer.gateway.createKey({ subdomain: 'other' })
    const { graphiql, page } = await open()
    await graphiql.writeHeaders({ Authorization: `Bearer ${other.key}` })
    await page.locator('#panel .empty').waitFor()
    await graphiql.live()
    const emailAddress = await happen(other.key)
    expect((await graphiql.eventsAfter(0, 2))[0]).toEqual({
      sequence: 1,
      type: 'contact.created',
      subject: `Contact ${emailAddress}`,
    })

    await graphiql.writeHeaders({ Authorization: 'Bearer nobody' })
    await page.locator('#panel[data-state="refused"]').waitFor()
    await graphiql.panel.locator('input[name="key"]').fill(explorer.key)
    await graphiql.panel.getByRole('button', { name: 'Connect' }).click()
    await graphiql.live()
    expect((await graphiql.events()).length).toBeGreaterThanOrEqual(30)
  })
})
