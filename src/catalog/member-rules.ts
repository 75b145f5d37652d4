import * as v from 'valibot'
import { coded, text } from '../shared/input.ts'

// Rules for members of inputs that several objects of the catalog share.

/** Text that null clears. */
export const clearableText = v.nullish(text())

/** A member that null sets back to its standard value. */
export function standing<Schema extends v.GenericSchema, Standard extends v.InferOutput<Schema>>(
  schema: Schema,
  standard: Standard,
) {
  return v.pipe(
    v.nullish(schema),
    v.transform(value => (value === null ? standard : value)),
  )
}

/** A weight or length: at most 12 digits before the point and 4 after it, written as ClickFunnels does ("12.0"). */
export const measure = v.pipe(
  v.string(),
  v.check(
    value => /^\d{1,12}(\.\d{1,4})?$/.test(value),
    coded('INVALID_NUMBER', 'Is not a number such as 12.5: at most 12 digits and 4 decimals.'),
  ),
  v.transform(value => {
    const [whole = '0', fraction = ''] = value.split('.')
    return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '') || '0'}`
  }),
)

/** How many intervals, cycles or the like: 1 to 1,000. */
export const count = v.pipe(
  v.number(),
  v.check(
    value => Number.isInteger(value) && value >= 1 && value <= 1000,
    coded('INVALID_COUNT', 'Is not a whole number from 1 to 1,000.'),
  ),
)
