import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { parseInput } from '../shared/input.ts'
import { EmailAddressTaken, isIdentified } from './contact.ts'
import { contactSnapshot } from './contact-body.ts'
import { contactMembers, createContactInput } from './contact-input.ts'
import { contactColumns, holdContact } from './contact-store.ts'
import { saveAddresses } from './save-addresses.ts'

/** Creates a contact and returns its id. Throws InvalidInput and EmailAddressTaken. */
export function createContact(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(createContactInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'createContact', input, async (trx, changes) => {
    const columns = columnsOf(input, contactMembers)
    const emailAddress = columns.email_address ?? null
    const taken = emailAddress === null ? undefined : await holdContact(trx, workspaceId, { emailAddress })
    if (taken !== undefined) throw new EmailAddressTaken(taken.id)
    const contact = await trx
      .insertInto('contacts')
      .values({
        ...columns,
        workspace_id: workspaceId,
        anonymous: emailAddress === null && columns.phone_number == null,
        custom_attributes: JSON.stringify(Object.fromEntries(input.customAttributes ?? [])),
      })
      .returning(contactColumns)
      .executeTakeFirstOrThrow()
    await saveAddresses(trx, workspaceId, contact.id, input.addresses)
    const snapshot = contactSnapshot(contact)
    changes.add('contact.created', snapshot)
    if (isIdentified(contact)) changes.add('contact.identified', snapshot)
    return contact.id
  })
}
