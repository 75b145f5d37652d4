import { type InputIssue, refuseIssues } from '../shared/errors.ts'

/** The merchant's own attributes of a contact: names to texts (domain 2.2). */
export type CustomAttributes = Record<string, string>

/** No contact has more custom attributes. */
export const maxAttributes = 100
const maxBytes = 32 * 1024

/** The name that an attribute is kept under: snake case (domain 2.2). */
export function attributeName(given: string): string {
  return given
    .trim()
    .replace(/[\s-]+/g, '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** The attributes in a contact's `custom_attributes` column. */
export function customAttributesOf(contact: { custom_attributes: string }): CustomAttributes {
  return JSON.parse(contact.custom_attributes)
}

/** The attributes as their column holds them, in the order of their names. */
export function writeCustomAttributes(attributes: CustomAttributes): string {
  return JSON.stringify(Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/**
 * What a contact's attributes are after an input: null empties them, others are merged into what it has (domain 2.2).
 * Throws InvalidInput when they have become too many or too large.
 */
export function mergeCustomAttributes(held: CustomAttributes, given: CustomAttributes | null): CustomAttributes {
  if (given === null) return {}
  const merged = { ...held, ...given }
  const issue = (code: string, message: string): InputIssue => ({ code, message, path: ['input', 'customAttributes'] })
  refuseIssues([
    ...(Object.keys(merged).length > maxAttributes
      ? [issue('TOO_MANY', `The contact would have more than ${maxAttributes} attributes.`)]
      : []),
    ...(Buffer.byteLength(writeCustomAttributes(merged)) > maxBytes
      ? [issue('TOO_LARGE', `The attributes of the contact would be more than ${maxBytes / 1024} KiB of JSON.`)]
      : []),
  ])
  return merged
}
