import { z } from 'zod'
import { text } from '../shared/input.ts'

// Rules for members of inputs that several objects of the catalog share.

/** Text that null clears. */
export const clearableText = text().nullish()

/** A member that null sets back to its standard value. */
export function standing<Schema extends z.ZodType, Standard extends z.output<Schema>>(
  schema: Schema,
  standard: Standard,
) {
  return schema.nullish().transform(value => (value === null ? standard : value))
}

/** A weight or length: at most 12 digits before the point and 4 after it, written as ClickFunnels does ("12.0"). */
export const measure = z
  .string()
  .refine(value => /^\d{1,12}(\.\d{1,4})?$/.test(value), {
    error: 'Is not a number such as 12.5: at most 12 digits and 4 decimals.',
    params: { code: 'INVALID_NUMBER' },
  })
  .transform(value => {
    const [whole = '0', fraction = ''] = value.split('.')
    return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '') || '0'}`
  })

/** How many intervals, cycles or the like: 1 to 1,000. */
export const count = z.number().refine(value => Number.isInteger(value) && value >= 1 && value <= 1000, {
  error: 'Is not a whole number from 1 to 1,000.',
  params: { code: 'INVALID_COUNT' },
})
