import { z } from 'zod'
import { amount, globalId, idempotencyKey, perCurrency, unclearable } from '../shared/input.ts'
import { clearableText, count, standing } from './member-rules.ts'
import { intervals, paymentTypes } from './price.ts'

const members = (currency: string) => ({
  name: clearableText,
  key: clearableText,
  paymentType: standing(z.enum(paymentTypes), 'one_time'),
  interval: z.enum(intervals).nullish(),
  intervalCount: count.nullish(),
  duration: count.nullish(),
  trialInterval: z.enum(intervals).nullish(),
  trialDuration: count.nullish(),
  trialAmount: amount(currency).nullish(),
  setupAmount: amount(currency).nullish(),
  compareAtAmount: amount(currency).nullish(),
  cost: amount(currency).nullish(),
  selfCancel: standing(z.boolean(), false),
  selfUpgrade: standing(z.boolean(), false),
  selfDowngrade: standing(z.boolean(), false),
  selfReactivate: standing(z.boolean(), false),
  visible: standing(z.boolean(), true),
  idempotencyKey,
})

/** The rules of `createPrice` (domain 3.3). */
export const createPriceInput = perCurrency(currency =>
  z.object({ ...members(currency), variantId: globalId('Variant'), amount: amount(currency) }),
)

/** The rules of `updatePrice` (domain 3.3). */
export const updatePriceInput = perCurrency(currency =>
  z.object({
    ...members(currency),
    id: globalId('Price'),
    amount: unclearable(amount(currency)),
    archived: standing(z.boolean(), false),
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
