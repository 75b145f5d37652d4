import { builder } from './builder.ts'

/** A stretch of time in a filter. */
export const DateTimeRange = builder.inputType('DateTimeRange', {
  description: 'A stretch of time; a bound that is absent or null is open.',
  fields: t => ({
    from: t.field({ type: 'DateTime', description: 'The first moment that belongs to it.' }),
    to: t.field({ type: 'DateTime', description: 'The first moment after it.' }),
  }),
})

/** A stretch of amounts in a filter. */
export const AmountRange = builder.inputType('AmountRange', {
  description: 'A stretch of amounts; a bound that is absent or null is open.',
  fields: t => ({
    from: t.field({ type: 'Decimal', description: 'The smallest amount that belongs to it.' }),
    to: t.field({ type: 'Decimal', description: 'The smallest amount beyond it.' }),
  }),
})
