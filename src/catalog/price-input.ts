import * as v from 'valibot'
import { amount, globalId, idempotencyKey, perCurrency, unclearable } from '../shared/input.ts'
import { clearableText, count, standing } from './member-rules.ts'
import { intervals, paymentTypes } from './price.ts'

const members = (currency: string) => ({
  name: clearableText,
  key: clearableText,
  paymentType: standing(v.picklist(paymentTypes), 'one_time'),
  interval: v.nullish(v.picklist(intervals)),
  intervalCount: v.nullish(count),
  duration: v.nullish(count),
  trialInterval: v.nullish(v.picklist(intervals)),
  trialDuration: v.nullish(count),
  trialAmount: v.nullish(amount(currency)),
  setupAmount: v.nullish(amount(currency)),
  compareAtAmount: v.nullish(amount(currency)),
  cost: v.nullish(amount(currency)),
  selfCancel: standing(v.boolean(), false),
  selfUpgrade: standing(v.boolean(), false),
  selfDowngrade: standing(v.boolean(), false),
  selfReactivate: standing(v.boolean(), false),
  visible: standing(v.boolean(), true),
  idempotencyKey,
})

/** The rules of `createPrice` (domain 3.3). */
export const createPriceInput = perCurrency(currency =>
  v.object({ ...members(currency), variantId: globalId('Variant'), amount: amount(currency) }),
)

/** The rules of `updatePrice` (domain 3.3). */
export const updatePriceInput = perCurrency(currency =>
  v.object({
    ...members(currency),
    id: globalId('Price'),
    amount: unclearable(amount(currency)),
    archived: standing(v.boolean(), false),
  }),
)

/** The members of an input that are columns of the same name; when the price is charged is worked out apart. */
export const priceMembers = [
  'name',
  'key',
  'amount',
  'trialAmount',
  'setupAmount',
  'compareAtAmount',
  'cost',
  'selfCancel',
  'selfUpgrade',
  'selfDowngrade',
  'selfReactivate',
  'visible',
] as const
