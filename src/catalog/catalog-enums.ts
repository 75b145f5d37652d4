import { enumOf } from '../graphql/enum.ts'

/** How a price is paid. */
export const PaymentTypeEnum = enumOf('PaymentType', 'How a price is paid.', {
  one_time: 'Once.',
  subscription: 'Every interval, without end unless a duration is given.',
  payment_plan: 'Every interval, as many times as its duration says.',
})

/** Billing intervals. */
export const IntervalEnum = enumOf('Interval', 'The unit of a billing or trial period.', {
  days: 'Days.',
  weeks: 'Weeks.',
  months: 'Months.',
  quarters: 'Quarters of a year.',
  years: 'Years.',
})

/** Whether a variant is shipped. */
export const ProductTypeEnum = enumOf('ProductType', 'Whether a variant is shipped.', {
  physical: 'A thing that can be shipped.',
  digital: 'Something that is delivered without shipping.',
})

/** Units of a variant's weight. */
export const WeightUnitEnum = enumOf('WeightUnit', 'The unit of a weight.', {
  lb: 'Pounds.',
  kg: 'Kilograms.',
  oz: 'Ounces.',
  g: 'Grams.',
})
