import * as v from 'valibot'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound } from '../shared/errors.ts'
import { globalId, parseInput } from '../shared/input.ts'
import { replaceAddresses } from './address-store.ts'
import { EmailAddressTaken, isIdentified } from './contact.ts'
import { contactSnapshot } from './contact-body.ts'
import { contactMembers, createContactInput } from './contact-input.ts'
import { holdContact, lockContact, writeContact } from './contact-store.ts'
import { customAttributesOf, mergeCustomAttributes, writeCustomAttributes } from './custom-attributes.ts'
import { nextAddresses } from './next-addresses.ts'

const updateContactInput = v.object({ ...createContactInput.entries, id: globalId('Contact') })

/**
 * Updates a contact and returns its id: absent leaves, null clears; custom attributes are merged, addresses replaced.
 * Throws InvalidInput and EmailAddressTaken.
 */
export function updateContact(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(updateContactInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'updateContact', input, async (trx, changes) => {
    const row = await lockContact(trx, workspaceId, input.id)
    if (row === undefined) throw notFound('contact', ['input', 'id'])
    const held = customAttributesOf(row)
    // The same attributes in another order are no change.
    const before = { ...row, custom_attributes: writeCustomAttributes(held) }
    const attributes = input.customAttributes === undefined ? held : mergeCustomAttributes(held, input.customAttributes)
    const columns = { ...columnsOf(input, contactMembers), custom_attributes: writeCustomAttributes(attributes) }
    const addresses = await nextAddresses(trx, row, input.addresses)
    if (!isChange(before, columns) && addresses === undefined) return row.id
    const emailAddress = columns.email_address ?? null
    if (emailAddress !== null) {
      const holder = await holdContact(trx, workspaceId, { emailAddress })
      if (holder !== undefined && holder.id !== row.id) throw new EmailAddressTaken(holder.id)
    }
    // Once identified, a contact is never anonymous again.
    const anonymous = row.anonymous && !isIdentified({ ...row, ...columns })
    const contact = await writeContact(trx, row, { ...columns, anonymous })
    if (addresses !== undefined) await replaceAddresses(trx, contact, addresses)
    const snapshot = contactSnapshot(contact)
    changes.add('contact.updated', snapshot)
    if (row.anonymous && !contact.anonymous) changes.add('contact.identified', snapshot)
    return contact.id
  })
}
