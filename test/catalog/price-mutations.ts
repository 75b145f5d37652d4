import type { Shop } from './shops.ts'

const refusals = '... on UserError { code path } ... on InvalidInput { issues { code path } }'

/** What a mutation of a price answers. */
export interface PriceAnswer {
  __typename: string
  replayed: boolean
  price: { id: string; updatedAt: string }
}

/** Sends `createPrice` or `updatePrice` and returns all that it answers. */
export function sendPrice(shop: Shop, act: 'create' | 'update', input: Record<string, unknown>): Promise<PriceAnswer> {
  const type = `${act === 'create' ? 'Create' : 'Update'}Price`
  return shop.ask(
    `mutation($input: ${type}Input!) {
      ${act}Price(input: $input) {
        __typename
        ... on ${type}Payload {
          replayed
          price {
            id name key amount currency paymentType interval intervalCount duration trialInterval trialDuration
            trialAmount setupAmount compareAtAmount cost selfCancel selfUpgrade selfDowngrade selfReactivate visible
            archived updatedAt
            variant { id }
            product { name }
          }
        }
        ${refusals}
      }
    }`,
    { input },
  )
}

/** InvalidInput with these issues, each a code and the member of the input it is about. */
export function invalid(...issues: [string, string][]) {
  const listed = issues.map(([code, member]) => ({ code, path: ['input', member] }))
  return { __typename: 'InvalidInput', code: 'INVALID_INPUT', path: listed[0]?.path, issues: listed }
}

/** A price of which nothing but variant and amount was said. */
export const plainPrice = {
  name: null,
  key: null,
  currency: 'USD',
  paymentType: 'ONE_TIME',
  interval: null,
  intervalCount: null,
  duration: null,
  trialInterval: null,
  trialDuration: null,
  trialAmount: null,
  setupAmount: null,
  compareAtAmount: null,
  cost: null,
  selfCancel: false,
  selfUpgrade: false,
  selfDowngrade: false,
  selfReactivate: false,
  visible: true,
  archived: false,
}
