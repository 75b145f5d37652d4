import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCursor } from '../../src/graphql/page.ts'
import { encodeGlobalId } from '../../src/shared/global-id.ts'
import type { BenchDatabase } from './bench-database.ts'
import { createOrder, deepPage, hello, oneOrder, postgraphileDeepPage, postgraphileOneOrder } from './documents.ts'

// Enough for no page to be asked for twice in the same second, and for all the data to be touched.
const count = 4_000

/** Files with a request in each line. */
export interface RequestBodies {
  deepPage: string
  oneOrder: string
  postgraphileDeepPage: string
  postgraphileOneOrder: string
  hello: string
  createOrder: string
}

/** Writes requests for random pages, random orders, and new orders of random contacts, into files. */
export async function writeRequestBodies(
  database: BenchDatabase,
  postgraphileUrl: string,
  directory: string,
): Promise<RequestBodies> {
  const { client, workspaceId } = database
  const write = async (name: string, bodies: readonly object[]) => {
    const file = join(directory, `${name}.bodies`)
    await writeFile(file, `${bodies.map(body => JSON.stringify(body)).join('\n')}\n`)
    return file
  }
  const { rows: orders } = await client.query<{ id: string; created_at: string }>(
    'select id, created_at from orders where workspace_id = $1 order by random() limit $2',
    [workspaceId, count],
  )
  const sort = { column: 'created_at', descending: true }
  const prefix = await postgraphileCursorPrefix(postgraphileUrl, workspaceId)
  return {
    deepPage: await write(
      'deep-page',
      orders.map(order => ({
        query: deepPage,
        variables: { after: encodeCursor(workspaceId, 'orders', sort, order) },
      })),
    ),
    oneOrder: await write(
      'one-order',
      orders.map(({ id }) => ({ query: oneOrder, variables: { id: encodeGlobalId('Order', id) } })),
    ),
    postgraphileDeepPage: await write(
      'postgraphile-deep-page',
      orders.map(({ id, created_at }) => {
        const place = [prefix, created_at.replace('Z', '000+00:00'), id, workspaceId, id]
        const after = Buffer.from(JSON.stringify(place)).toString('base64')
        return { query: postgraphileDeepPage, variables: { workspaceId, after } }
      }),
    ),
    postgraphileOneOrder: await write(
      'postgraphile-one-order',
      orders.map(({ id }) => ({
        query: postgraphileOneOrder,
        variables: { id: Buffer.from(JSON.stringify(['Order', workspaceId, id])).toString('base64') },
      })),
    ),
    hello: await write('hello', [{ query: hello }]),
    createOrder: await write('create-order', await newOrders(database)),
  }
}

// Its cursors begin with a hash of the list's order.
async function postgraphileCursorPrefix(url: string, workspaceId: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: postgraphileDeepPage, variables: { workspaceId } }),
  })
  const { data } = (await response.json()) as { data: { allOrders: { pageInfo: { endCursor: string } } } }
  const [prefix] = JSON.parse(Buffer.from(data.allOrders.pageInfo.endCursor, 'base64').toString()) as string[]
  return prefix ?? ''
}

async function newOrders({ client, workspaceId }: BenchDatabase): Promise<object[]> {
  const { rows: contacts } = await client.query<{ id: string }>(
    'select id from contacts where workspace_id = $1 order by random() limit $2',
    [workspaceId, count],
  )
  const { rows: prices } = await client.query<{ id: string; variant_id: string }>(
    `select prices.id, variant_id from prices
     join variants on variants.workspace_id = prices.workspace_id and variants.id = variant_id
     join products on products.workspace_id = prices.workspace_id and products.id = prices.product_id
     where prices.workspace_id = $1 and not prices.archived and not variants.archived and not products.archived`,
    [workspaceId],
  )
  return contacts.map(({ id }, index) => {
    const lineItems = [0, 1, 2].flatMap(line => {
      const price = prices[(index * 3 + line) % prices.length]
      if (price === undefined) return []
      const variantId = encodeGlobalId('Variant', price.variant_id)
      return { variantId, priceId: encodeGlobalId('Price', price.id), quantity: line + 1 }
    })
    const input = { contact: { id: encodeGlobalId('Contact', id) }, liveMode: true, lineItems }
    return { query: createOrder, variables: { input } }
  })
}
