import { z } from 'zod'
import { idempotencyKey, text } from '../shared/input.ts'

const addressText = text().nullish()

const address = z.object({
  isDefault: z.boolean().nullish(),
  firstName: addressText,
  lastName: addressText,
  organizationName: addressText,
  phoneNumber: addressText,
  streetOne: addressText,
  streetTwo: addressText,
  city: addressText,
  region: addressText,
  country: addressText,
  postalCode: addressText,
})

const addresses = z
  .array(address)
  .max(20, 'More than 20 addresses.')
  .refine(list => list.filter(one => one.isDefault).length <= 1, {
    error: 'More than one address is the default.',
    params: { code: 'SEVERAL_DEFAULTS' },
  })

/** An e-mail address as far as one can tell by looking at it. */
export const emailAddress = text().refine(value => /^[^\s@]+@[^\s@]+$/.test(value), {
  error: 'Is not an e-mail address.',
  params: { code: 'INVALID_EMAIL_ADDRESS' },
})

// Names that a contact has of itself; a custom attribute of that name would hide them (domain 2.2).
const builtIn = new Set(['id', 'email_address', 'first_name', 'last_name', 'phone_number', 'time_zone', 'tags', 'uuid'])

const customAttributes = z.unknown().transform((value, context): [string, string][] => {
  const refuse = (code: string, message: string, path: string[] = []) => {
    context.addIssue({ code: 'custom', message, path, params: { code } })
    return z.NEVER
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('INVALID_TYPE', 'Is not an object.')
  const entries = Object.entries(value)
  if (entries.length > 100) return refuse('TOO_MANY', 'Has more than 100 attributes.')
  return entries.map(([key, member]): [string, string] => {
    const name = key
      .trim()
      .replace(/[\s-]+/g, '_')
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
    if (!/^[a-z][a-z0-9_]{0,99}$/.test(name))
      return refuse('INVALID_NAME', 'Is not a name of letters, digits and _.', [key])
    if (builtIn.has(name)) return refuse('RESERVED_NAME', 'Is a property that every contact has.', [key])
    const parsed = text(10_000).nullable().safeParse(member)
    if (!parsed.success) return refuse('INVALID_TEXT', 'Is not a text.', [key])
    return [name, parsed.data ?? '']
  })
})

const members = {
  firstName: text().nullish(),
  lastName: text().nullish(),
  phoneNumber: text().nullish(),
  timeZone: text().nullish(),
  fbUrl: text().nullish(),
  twitterUrl: text().nullish(),
  instagramUrl: text().nullish(),
  linkedinUrl: text().nullish(),
  websiteUrl: text().nullish(),
  emailAddress: emailAddress.nullish(),
  customAttributes: customAttributes.optional(),
  addresses: addresses.nullish(),
  idempotencyKey,
}

/** The rules of `createContact` (domain 2.2). */
export const createContactInput = z.object(members)

/** The members of an input that are columns of the same name. */
export const contactMembers = [
  'emailAddress',
  'firstName',
  'lastName',
  'phoneNumber',
  'timeZone',
  'fbUrl',
  'twitterUrl',
  'instagramUrl',
  'linkedinUrl',
  'websiteUrl',
] as const

/** The members of an address that are columns of the same name. */
export const addressMembers = [
  'firstName',
  'lastName',
  'organizationName',
  'phoneNumber',
  'streetOne',
  'streetTwo',
  'city',
  'region',
  'country',
  'postalCode',
] as const
