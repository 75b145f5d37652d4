import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { statementChannel } from '../../src/database/statement-count.ts'
import { schema } from '../../src/schema.ts'
import { runBoth } from '../http/both-engines.ts'
import { type DemoGateway, startDemoGateway } from '../setup/demo-gateway.ts'

/** Where an object of each type that narrows its rows can be come by. */
const ways: Record<string, (selection: string) => string> = {
  Order: selection => `{ orders { edges { node ${selection} } } }`,
  OrderLineItem: selection => `{ orders { edges { node { lineItems ${selection} } } } }`,
  Invoice: selection => `{ orders { edges { node { invoices { edges { node ${selection} } } } } } }`,
  InvoiceLineItem: selection => `{ invoices { edges { node { lineItems ${selection} } } } }`,
  Contact: selection => `{ contacts(sort: UPDATED_AT_ASC) { edges { node ${selection} } } }`,
  Product: selection => `{ products { edges { node ${selection} } } }`,
  Variant: selection => `{ products { edges { node { variants ${selection} } } } }`,
  Price: selection => `{ products { edges { node { prices ${selection} } } } }`,
}

// The least of a field that can be selected: of an object its leaves, of a connection its nodes'.
function selectionOf(type: GraphQLObjectType, depth = 0): string {
  const fields = Object.values(type.getFields())
  const leaves = fields.filter(field => isLeafType(getNamedType(field.type))).map(({ name }) => name)
  const below = depth < 2 && ['edges', 'node'].flatMap(name => fields.filter(field => field.name === name))
  const objects = (below || []).map(field => {
    const named = getNamedType(field.type)
    return isObjectType(named) ? `${field.name} ${selectionOf(named, depth + 1)}` : ''
  })
  return `{ ${[...leaves, ...objects].join(' ')} }`
}

const fields = Object.entries(ways).flatMap(([typename, way]) => {
  const type = schema.getType(typename)
  if (!isObjectType(type)) throw new Error(`${typename} is no object type`)
  return Object.values(type.getFields()).map(field => {
    const named = getNamedType(field.type)
    const selection = isObjectType(named) ? selectionOf(named) : ''
    return [`${typename}.${field.name}`, way(`{ ${field.name} ${selection} }`)] as const
  })
})

let gateway: DemoGateway
beforeAll(async () => {
  gateway = await startDemoGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const context = () => gateway.context()

/** The columns that are read of a table while something runs. */
async function columnsRead(table: string, act: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = []
  const note = (text: unknown) => {
    const [, columns = ''] = new RegExp(`select ((?:(?!select).)*?) from "${table}"`, 's').exec(String(text)) ?? []
    if (columns !== '') found.push(columns.replaceAll(`"${table}".`, '').replaceAll('"', ''))
  }
  statementChannel.subscribe(note)
  try {
    await act()
  } finally {
    statementChannel.unsubscribe(note)
  }
  return found
}

test.each(fields)('%s looks at no column that it does not select', async (_field, text) => {
  const both = await runBoth(schema, text, {}, '', context)
  expect(both?.graphql.errors).toEqual([])
  expect(both?.compiled).toEqual(both?.graphql)
})

test('of rows that are wide, what is asked for is read, with the keys and the sort', async () => {
  const text = '{ orders { edges { node { number contact { firstName } } } } }'
  const orders = await columnsRead('orders', () => runBoth(schema, text, {}, '', context))
  // graphql-js reads all columns, before and after.
  expect(orders.filter(columns => columns.split(', ').length < 40)).toEqual(['id, number, contact_id, created_at'])
  const contacts = await columnsRead('contacts', () => runBoth(schema, text, {}, '', context))
  expect(contacts.filter(columns => columns.split(', ').length < 19)).toEqual(['id, first_name'])
})

test('every type whose fields narrow its rows is tried above', () => {
  const directory = resolve(import.meta.dirname, '../../src')
  const refs = [
    'orders/order',
    'invoices/invoice',
    'contacts/contact',
    'catalog/product',
    'catalog/variant',
    'catalog/price',
  ]
  const narrowing = refs.flatMap(ref => {
    const source = readFileSync(resolve(directory, `${ref}-refs.ts`), 'utf8')
    return [...source.matchAll(/nodeRef\('(\w+)', \{[^}]*table:/g)].map(match => match[1] ?? '')
  })
  expect(narrowing.sort()).toEqual(Object.keys(ways).sort())
})

test.each(Object.entries(ways))('there is a %s to try', async (_typename, way) => {
  const both = await runBoth(schema, way('{ id }'), {}, '', context)
  expect(both?.graphql.data).toContain('"id":"')
})
