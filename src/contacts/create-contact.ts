import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { insertAddresses } from './address-store.ts'
import { EmailAddressTaken, isIdentified } from './contact.ts'
import { contactSnapshot } from './contact-body.ts'
import { contactMembers, createContactInput } from './contact-input.ts'
import { holdContact, insertContact } from './contact-store.ts'
import { mergeCustomAttributes, writeCustomAttributes } from './custom-attributes.ts'
import { addressColumns } from './next-addresses.ts'

/** Creates a contact and returns its id. Throws InvalidInput and EmailAddressTaken. */
export function createContact(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(createContactInput, rawInput)
  const attributes = mergeCustomAttributes({}, input.customAttributes ?? null)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'createContact', input, async (trx, changes) => {
    const columns = columnsOf(input, contactMembers)
    const emailAddress = columns.email_address ?? null
    const taken = emailAddress === null ? undefined : await holdContact(trx, workspaceId, { emailAddress })
    if (taken !== undefined) throw new EmailAddressTaken(taken.id)
    const contact = await insertContact(trx, {
      ...columns,
      workspace_id: workspaceId,
      anonymous: !isIdentified(columns),
      custom_attributes: writeCustomAttributes(attributes),
    })
    await insertAddresses(trx, contact, addressColumns(input.addresses ?? []))
    const snapshot = contactSnapshot(contact)
    changes.add('contact.created', snapshot)
    if (!contact.anonymous) changes.add('contact.identified', snapshot)
    return contact.id
  })
}
