import { z } from 'zod'
import { idempotencyKey, optionalText, text } from '../shared/input.ts'
import { contactProperties } from './contact-body.ts'
import { attributeName, type CustomAttributes, maxAttributes } from './custom-attributes.ts'

const address = z.object({
  isDefault: z.boolean().nullish(),
  firstName: optionalText(),
  lastName: optionalText(),
  organizationName: optionalText(),
  phoneNumber: optionalText(),
  streetOne: optionalText(),
  streetTwo: optionalText(),
  city: optionalText(),
  region: optionalText(),
  country: optionalText(),
  postalCode: optionalText(),
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

const customAttributes = z.unknown().transform((value, context): CustomAttributes => {
  const refuse = (code: string, message: string, path: string[] = []) => {
    context.addIssue({ code: 'custom', message, path, params: { code } })
  }
  const attributes = new Map<string, string>()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('INVALID_TYPE', 'Is not an object.')
    return z.NEVER
  }
  const given = Object.entries(value)
  if (given.length > maxAttributes) {
    refuse('TOO_MANY', `Has more than ${maxAttributes} attributes.`)
    return z.NEVER
  }
  for (const [key, member] of given) {
    const name = attributeName(key)
    const parsed = text(10_000).nullable().safeParse(member)
    if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) refuse('INVALID_NAME', 'Is not a name of letters, digits and _.', [key])
    else if (contactProperties.has(name)) refuse('RESERVED_NAME', 'Is a property that every contact has.', [key])
    else if (attributes.has(name)) refuse('DUPLICATE', `Is the attribute ${name} once more.`, [key])
    else if (!parsed.success) refuse('INVALID_TEXT', 'Is not a text of at most 10,000 characters.', [key])
    else attributes.set(name, parsed.data ?? '')
  }
  return Object.fromEntries([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)))
})

const members = {
  firstName: optionalText(),
  lastName: optionalText(),
  phoneNumber: optionalText(),
  timeZone: optionalText(),
  fbUrl: optionalText(),
  twitterUrl: optionalText(),
  instagramUrl: optionalText(),
  linkedinUrl: optionalText(),
  websiteUrl: optionalText(),
  emailAddress: optionalText().pipe(emailAddress.nullish()),
  customAttributes: customAttributes.nullish(),
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
