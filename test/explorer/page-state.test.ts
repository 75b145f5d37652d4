import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPage, startChromium, whyNoChromium } from './chromium.ts'
import { type ExplorerGateway, startExplorerGateway } from './explorer-gateway.ts'
import { GraphiqlPage } from './graphiql-page.ts'

describe.skipIf(whyNoChromium !== undefined)('what the page keeps', () => {
  let explorer: ExplorerGateway
  let browser: Browser
  beforeAll(async () => {
    explorer = await startExplorerGateway({ showKey: false })
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await explorer[Symbol.asyncDispose]()
  })

  async function openWithKey() {
    const { page, faults } = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(page)
    await page.goto(`${explorer.origin}/graphql`)
    await giveKey(graphiql)
    return { page, graphiql, faults }
  }

  async function giveKey(graphiql: GraphiqlPage) {
    await graphiql.page.getByLabel('API key of the workspace to explore').fill(explorer.key)
    await graphiql.page.getByRole('button', { name: 'Open' }).click()
    await graphiql.ready()
  }

  /** Writes a tab of one's own and waits until it is kept, as is by then whatever was to be kept before. */
  async function writeTab({ page }: GraphiqlPage) {
    await page.locator('.graphiql-tab-add').click()
    await page.locator('.graphiql-query-editor .monaco-editor').click()
    await page.keyboard.type('query Mine { viewer { __typename } }')
    await page.locator('.graphiql-tab-button', { hasText: 'Mine' }).waitFor()
    await page.waitForFunction(() => localStorage.getItem('orders-gateway:tabs')?.includes('__typename'))
  }

  test('a page without a key asks for one, until it is a good one', async () => {
    const { page } = await openPage(browser, explorer.origin)
    await page.goto(`${explorer.origin}/graphql`)
    await page.getByLabel('API key of the workspace to explore').fill('ключ nobody knows')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText('The gateway does not know this key.').waitFor()
    const graphiql = new GraphiqlPage(page)
    await giveKey(graphiql)
    await graphiql.choose('CreateOrder')
    expect(await graphiql.run()).toMatchObject({
      data: { createOrder: { replayed: false, order: { number: '#1007' } } },
    })
  })

  test('a key with few rights opens it too, and the panel says what it may not', async () => {
    const { key } = await explorer.gateway.createKey({ subdomain: 'demo', scopes: ['orders:read'] })
    const { page, faults } = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(page)
    await page.goto(`${explorer.origin}/graphql`)
    await page.getByLabel('API key of the workspace to explore').fill(key)
    await page.getByRole('button', { name: 'Open' }).click()
    await page.locator('#panel[data-state="refused"]', { hasText: 'events:read' }).waitFor()
    await graphiql.choose('OpenOrder')
    expect(await graphiql.run()).toMatchObject({
      data: { order: { number: expect.stringMatching(/^#\d+$/), contact: null } },
      errors: expect.arrayContaining([expect.objectContaining({ path: ['order', 'contact'] })]),
    })
    expect(faults).toEqual([])
  })

  test('a reload tells a fresh story and keeps the tabs that the user wrote', async () => {
    const { page, graphiql, faults } = await openWithKey()
    const story = await graphiql.tabs()
    await graphiql.choose('CreateOrder')
    const variables = await graphiql.runWith()
    await writeTab(graphiql)

    await page.reload()
    await giveKey(graphiql)
    expect(await graphiql.tabs()).toEqual([...story, 'Mine'])
    await graphiql.choose('CreateOrder')
    const again = await graphiql.runWith()
    expect(again).toEqual({
      input: { ...variables.input, externalId: expect.any(String), idempotencyKey: expect.any(String) },
    })
    expect(again.input?.externalId).not.toBe(variables.input?.externalId)
    expect(again.input?.idempotencyKey).not.toBe(variables.input?.idempotencyKey)
    expect(faults).toEqual([])
  })

  test('neither the key nor the story is stored, nor written into the address', async () => {
    const { page, graphiql } = await openWithKey()
    await graphiql.choose('CreateOrder')
    await graphiql.run()
    await writeTab(graphiql)
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    )
    expect(stored).toContain('orders-gateway:tabs')
    expect(stored).not.toContain(explorer.key)
    expect(stored).not.toContain('story-')
    expect(page.url()).toBe(`${explorer.origin}/graphql`)
  })

  test('an operation in the address stands in a tab before the story', async () => {
    const { page, faults } = await openPage(browser, explorer.origin)
    const graphiql = new GraphiqlPage(page)
    const query = 'query Linked($first: Int) { orders(first: $first) { totalCount } }'
    await page.goto(`${explorer.origin}/graphql?${new URLSearchParams({ query, variables: '{"first": 1}' })}`)
    await giveKey(graphiql)
    expect((await graphiql.tabs()).slice(0, 2)).toEqual(['Linked', 'ListOrders'])
    expect(await graphiql.run()).toEqual({ data: { orders: { totalCount: expect.any(Number) } } })
    expect(faults).toEqual([])
  })
})
