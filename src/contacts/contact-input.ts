import * as v from 'valibot'
import { coded, idempotencyKey, listOf, optionalText, text } from '../shared/input.ts'
import { contactProperties } from './contact-body.ts'
import { attributeName, type CustomAttributes, maxAttributes } from './custom-attributes.ts'

const address = v.object({
  isDefault: v.nullish(v.boolean()),
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

const addresses = v.pipe(
  listOf(address, 20, 'More than 20 addresses.'),
  // Defaults are counted whatever is wrong with the texts of an address.
  v.partialCheck(
    [['$', 'isDefault']],
    list => list.filter(one => one.isDefault).length <= 1,
    coded('SEVERAL_DEFAULTS', 'More than one address is the default.'),
  ),
)

/** An e-mail address as far as one can tell by looking at it. */
export const emailAddress = v.pipe(
  text(),
  v.check(value => /^[^\s@]+@[^\s@]+$/.test(value), coded('INVALID_EMAIL_ADDRESS', 'Is not an e-mail address.')),
)

const attributeValue = v.nullable(text(10_000))

const customAttributes = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): CustomAttributes => {
    const attributes = new Map<string, string>()
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      addIssue({ message: coded('INVALID_TYPE', 'Is not an object.') })
      return NEVER
    }
    const given = Object.entries(value)
    if (given.length > maxAttributes) {
      addIssue({ message: coded('TOO_MANY', `Has more than ${maxAttributes} attributes.`) })
      return NEVER
    }
    for (const [key, member] of given) {
      const refuse = (code: string, message: string) => {
        const path: [v.IssuePathItem] = [{ type: 'object', origin: 'value', input: { ...value }, key, value: member }]
        addIssue({ message: coded(code, message), path })
      }
      const name = attributeName(key)
      if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) refuse('INVALID_NAME', 'Is not a name of letters, digits and _.')
      else if (contactProperties.has(name)) refuse('RESERVED_NAME', 'Is a property that every contact has.')
      else if (attributes.has(name)) refuse('DUPLICATE', `Is the attribute ${name} once more.`)
      else if (!v.is(attributeValue, member)) refuse('INVALID_TEXT', 'Is not a text of at most 10,000 characters.')
      else attributes.set(name, member ?? '')
    }
    return Object.fromEntries([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)))
  }),
)

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
  emailAddress: v.pipe(optionalText(), v.nullish(emailAddress)),
  customAttributes: v.nullish(customAttributes),
  addresses: v.nullish(addresses),
  idempotencyKey,
}

/** The rules of `createContact` (domain 2.2). */
export const createContactInput = v.object(members)

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
