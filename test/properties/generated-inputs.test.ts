import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'
import { graphql } from '../setup/client.ts'
import { type Gateway, startGateway } from '../setup/gateway.ts'
import { openShop, type Shop } from '../setup/shop.ts'
import { Values } from './generated-values.ts'
import { stockShop } from './stocked-shop.ts'

let gateway: Gateway
let shop: Shop
let values: Values

beforeAll(async () => {
  gateway = await startGateway()
  shop = await openShop(gateway)
  values = new Values(await stockShop(shop))
})
afterAll(() => gateway[Symbol.asyncDispose]())

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

// Without a key for their secrets, webhooks are off: whatever is asked of them is refused.
function isOff(extensions: Readonly<Record<string, unknown>>): boolean {
  return (extensions as { pothosOptions?: { scope?: string } }).pothosOptions?.scope === 'webhooks:write'
}

test.each(mutations.map(field => [field.name, field] as const))(
  '%s takes some, refuses others, and never writes half',
  async (name, field) => {
    const input = field.args.find(argument => argument.name === 'input')
    if (input === undefined) throw new Error(`${name} has no input`)
    const document = `mutation ($input: ${input.type}) {
      ${name}(input: $input) { __typename ... on MutationPayload { eventCursor replayed } ... on UserError { code message path } }
    }`
    let accepted = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(values.of(input.type, name, 'input'), async value => {
        const before = await shop.rows()
        const { status, body } = await graphql(gateway.url, shop.key, document, { input: value })
        const codes = body.errors?.map(error => error.extensions?.code) ?? []
        expect([status < 500, codes.filter(code => code !== 'BAD_USER_INPUT')]).toEqual([true, []])
        const result = body.data?.[name] as { __typename: string } | undefined
        if (result?.__typename.endsWith('Payload')) accepted += 1
        else {
          refused += 1
          expect(await shop.rows()).toEqual(before)
        }
      }),
      { numRuns: 100 },
    )
    expect(refused).toBeGreaterThanOrEqual(1)
    if (!isOff(field.extensions)) expect(accepted).toBeGreaterThanOrEqual(3)
    const log = await shop.events()
    expect(log.map(event => event.sequence)).toEqual(log.map((_, index) => index + 1))
  },
  60_000,
)
