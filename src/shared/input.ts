import * as v from 'valibot'
import { type InputIssue, InvalidInput } from './errors.ts'
import { decodeGlobalId } from './global-id.ts'
import { currencyDecimals } from './money.ts'

// The rules for everything a person can mistype in a mutation (api.md). Each issue has a code of its own.

/** The message of a rule with the code of its issues: an issue of valibot has no other place for one. */
export function coded(code: string, message: string): string {
  return `${code}: ${message}`
}

/** Text of at most `max` characters that Postgres can hold: no NUL, no lone surrogates. */
export function text(max = 255) {
  return v.pipe(
    v.string(),
    v.check(
      value => !value.includes('\0') && value.isWellFormed(),
      coded('INVALID_TEXT', 'Contains NUL or a lone surrogate.'),
    ),
    v.check(
      value => value.length <= max || [...value].length <= max,
      coded('TOO_LONG', `Has more than ${max} characters.`),
    ),
  )
}

/** Text that must say something: not empty, not only white space. */
export function requiredText(max = 255) {
  return v.pipe(
    text(max),
    v.check(value => value.trim() !== '', coded('BLANK', 'Is blank.')),
  )
}

/** Text that can be left out and that null clears; empty and white space only mean null, not a value. */
export function optionalText(max = 255) {
  return v.pipe(
    v.nullish(text(max)),
    v.transform(value => (value?.trim() === '' ? null : value)),
  )
}

/** A member that an update can leave out but not clear. */
export function unclearable<Schema extends v.GenericSchema>(schema: Schema) {
  return v.optional(v.nonNullable(schema, coded('REQUIRED', 'Can’t be cleared.')))
}

/** A list of at most `max` items. One that is longer is refused as a whole: nothing is said of its items. */
export function listOf<Item extends v.GenericSchema>(item: Item, max: number, message: string) {
  return v.pipe(v.array(v.unknown()), v.maxLength(max, coded('TOO_MANY', message)), v.array(item))
}

/** A client's own id of an object: 1 to 255 characters. */
export const externalId = requiredText(255)

/** 1 to 255 printable characters (api.md). */
export const idempotencyKey = v.nullish(
  v.pipe(
    v.string(),
    v.check(
      value => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,255}$/u.test(value),
      coded('INVALID_IDEMPOTENCY_KEY', 'Is not 1 to 255 printable characters.'),
    ),
  ),
)

/** The version that an update expects to find. */
export const expectedVersion = v.nullish(v.pipe(v.number(), v.integer()))

/** The global id of an object of one type, as the database id inside it. */
export function globalId(typename: string) {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const decoded = decodeGlobalId(dataset.value)
      if (decoded?.typename === typename) return decoded.id
      addIssue({ message: coded('INVALID_ID', `Is not an id of the type ${typename}.`) })
      return NEVER
    }),
  )
}

/** An amount of money: at most 12 digits before the point and the currency's decimals after it, ASCII digits only. */
export function amount(currency: string) {
  const decimals = currencyDecimals(currency)
  const pattern = decimals === 0 ? /^\d{1,12}$/ : new RegExp(`^\\d{1,12}(\\.\\d{1,${decimals}})?$`)
  return v.pipe(
    v.string(),
    v.check(
      value => pattern.test(value),
      coded(
        'INVALID_AMOUNT',
        `Is not an amount such as ${decimals === 0 ? '198' : `198.${'0'.repeat(decimals)}`}: at most 12 digits and ${decimals} decimals.`,
      ),
    ),
    v.transform(value => normalizeAmount(value, decimals)),
  )
}

function normalizeAmount(value: string, decimals: number): string {
  const [whole = '0', fraction = ''] = value.split('.')
  const digits = whole.replace(/^0+(?=\d)/, '')
  return decimals === 0 ? digits : `${digits}.${fraction.padEnd(decimals, '0')}`
}

/** How many of a variant: 1 to 10,000. */
export const quantity = v.pipe(
  v.number(),
  v.check(
    value => Number.isInteger(value) && value >= 1 && value <= 10_000,
    coded('INVALID_QUANTITY', 'Is not a whole number from 1 to 10,000.'),
  ),
)

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A point in time as RFC 3339, from 1970 to 2199; kept in UTC with milliseconds. */
export const dateTime = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const refuse = (code: string, message: string) => {
      addIssue({ message: coded(code, message) })
      return NEVER
    }
    const time = rfc3339.test(value) ? new Date(value) : new Date(Number.NaN)
    if (Number.isNaN(time.getTime()) || !isCalendarDay(value))
      return refuse('INVALID_DATE_TIME', 'Is not an RFC 3339 date and time.')
    if (time.getUTCFullYear() < 1970 || time.getUTCFullYear() > 2199)
      return refuse('DATE_TIME_OUT_OF_RANGE', 'Is not between 1970 and 2199.')
    return time.toISOString()
  }),
)

// Date takes the 31st of February for the 3rd of March.
function isCalendarDay(value: string): boolean {
  const day = value.slice(0, 10)
  const parsed = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day
}

/** When something was paid: a date and time at most five minutes ahead of the clock (api.md). */
export const paidAt = v.pipe(
  dateTime,
  v.check(value => Date.parse(value) <= Date.now() + 5 * 60_000, coded('IN_THE_FUTURE', 'Lies in the future.')),
)

/** Checks an input against its rules. Throws InvalidInput with every issue, paths from `input` down. */
export function parseInput<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input)
  if (parsed.success) return parsed.output
  const [first, ...rest] = parsed.issues
  throw new InvalidInput([toInputIssue(first), ...rest.map(toInputIssue)])
}

/** Checks an input in which null means the same as absent, as in all but updates: what is null is left out. */
export function parseWithoutNulls<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  return leaveOutNulls(parseInput(schema, input)) as v.InferOutput<Schema>
}

function leaveOutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(leaveOutNulls)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(given.map(([name, member]) => [name, leaveOutNulls(member)]))
}

function toInputIssue(issue: v.BaseIssue<unknown>): InputIssue {
  // Without a code it is valibot's own message, about a value of another type than the rule is for.
  const [, code = 'INVALID_TYPE', message = issue.message] = /^([A-Z_]+): (.*)$/s.exec(issue.message) ?? []
  return { code, message, path: ['input', ...(issue.path ?? []).map(({ key }) => String(key))] }
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
