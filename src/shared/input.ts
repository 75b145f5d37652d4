import { z } from 'zod'
import { type InputIssue, InvalidInput } from './errors.ts'
import { decodeGlobalId } from './global-id.ts'
import { currencyDecimals } from './money.ts'

// The rules for everything a person can mistype in a mutation (api.md). Each issue has a code of its own.

const withCode = (code: string, message: string) => ({ error: message, params: { code } })

/** Text of at most `max` characters that Postgres can hold: no NUL, no lone surrogates. */
export function text(max = 255) {
  return z
    .string()
    .refine(
      value => !value.includes('\0') && value.isWellFormed(),
      withCode('INVALID_TEXT', 'Contains NUL or a lone surrogate.'),
    )
    .refine(
      value => value.length <= max || [...value].length <= max,
      withCode('TOO_LONG', `Has more than ${max} characters.`),
    )
}

/** Text that must say something: not empty, not only white space. */
export function requiredText(max = 255) {
  return text(max).refine(value => value.trim() !== '', withCode('BLANK', 'Is blank.'))
}

/** Text that can be left out and that null clears; empty and white space only mean null, not a value. */
export function optionalText(max = 255) {
  return text(max)
    .nullish()
    .transform(value => (value?.trim() === '' ? null : value))
}

/** A member that an update can leave out but not clear. */
export function unclearable<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value, context) => {
    if (value !== null) return value
    context.addIssue({ code: 'custom', message: 'Can’t be cleared.', params: { code: 'REQUIRED' } })
    return z.NEVER
  }, schema.optional())
}

/** A client's own id of an object: 1 to 255 characters. */
export const externalId = requiredText(255)

/** 1 to 255 printable characters (api.md). */
export const idempotencyKey = z
  .string()
  .refine(
    value => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,255}$/u.test(value),
    withCode('INVALID_IDEMPOTENCY_KEY', 'Is not 1 to 255 printable characters.'),
  )
  .nullish()

/** The global id of an object of one type, as the database id inside it. */
export function globalId(typename: string) {
  return z.string().transform((value, context) => {
    const decoded = decodeGlobalId(value)
    if (decoded?.typename === typename) return decoded.id
    context.addIssue({
      code: 'custom',
      message: `Is not an id of the type ${typename}.`,
      params: { code: 'INVALID_ID' },
    })
    return z.NEVER
  })
}

/** An amount of money: at most 12 digits before the point and the currency's decimals after it, ASCII digits only. */
export function amount(currency: string) {
  const decimals = currencyDecimals(currency)
  const pattern = decimals === 0 ? /^\d{1,12}$/ : new RegExp(`^\\d{1,12}(\\.\\d{1,${decimals}})?$`)
  return z
    .string()
    .refine(
      value => pattern.test(value),
      withCode(
        'INVALID_AMOUNT',
        `Is not an amount such as ${decimals === 0 ? '198' : `198.${'0'.repeat(decimals)}`}: at most 12 digits and ${decimals} decimals.`,
      ),
    )
    .transform(value => normalizeAmount(value, decimals))
}

function normalizeAmount(value: string, decimals: number): string {
  const [whole = '0', fraction = ''] = value.split('.')
  const digits = whole.replace(/^0+(?=\d)/, '')
  return decimals === 0 ? digits : `${digits}.${fraction.padEnd(decimals, '0')}`
}

/** How many of a variant: 1 to 10,000. */
export const quantity = z
  .number()
  .refine(
    value => Number.isInteger(value) && value >= 1 && value <= 10_000,
    withCode('INVALID_QUANTITY', 'Is not a whole number from 1 to 10,000.'),
  )

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A point in time as RFC 3339, from 1970 to 2199; kept in UTC with milliseconds. */
export const dateTime = z.string().transform((value, context) => {
  const refuse = (code: string, message: string) => {
    context.addIssue({ code: 'custom', message, params: { code } })
    return z.NEVER
  }
  const time = rfc3339.test(value) ? new Date(value) : new Date(Number.NaN)
  if (Number.isNaN(time.getTime()) || !isCalendarDay(value))
    return refuse('INVALID_DATE_TIME', 'Is not an RFC 3339 date and time.')
  if (time.getUTCFullYear() < 1970 || time.getUTCFullYear() > 2199)
    return refuse('DATE_TIME_OUT_OF_RANGE', 'Is not between 1970 and 2199.')
  return time.toISOString()
})

// Date takes the 31st of February for the 3rd of March.
function isCalendarDay(value: string): boolean {
  const day = value.slice(0, 10)
  const parsed = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day
}

/** When something was paid: a date and time at most five minutes ahead of the clock (api.md). */
export const paidAt = dateTime.refine(
  value => Date.parse(value) <= Date.now() + 5 * 60_000,
  withCode('IN_THE_FUTURE', 'Lies in the future.'),
)

/** Checks an input against its rules. Throws InvalidInput with every issue, paths from `input` down. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [first, ...rest] = parsed.error.issues.map(toInputIssue)
  throw first === undefined ? parsed.error : new InvalidInput([first, ...rest])
}

/** Checks an input in which null means the same as absent, as in all but updates: what is null is left out. */
export function parseWithoutNulls<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  return leaveOutNulls(parseInput(schema, input)) as z.output<Schema>
}

function leaveOutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(leaveOutNulls)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(given.map(([name, member]) => [name, leaveOutNulls(member)]))
}

const codes: Record<string, string> = { too_big: 'TOO_MANY', too_small: 'TOO_FEW', invalid_type: 'INVALID_TYPE' }

function toInputIssue(issue: z.core.$ZodIssue): InputIssue {
  const own = issue.code === 'custom' ? issue.params?.code : undefined
  return {
    code: typeof own === 'string' ? own : (codes[issue.code] ?? 'INVALID'),
    message: issue.message,
    path: ['input', ...issue.path.map(String)],
  }
}

/** A schema that depends on the currency, made once for each. */
export function perCurrency<Schema>(build: (currency: string) => Schema): (currency: string) => Schema {
  const made = new Map<string, Schema>()
  return currency => {
    const schema = made.get(currency) ?? build(currency)
    made.set(currency, schema)
    return schema
  }
}
