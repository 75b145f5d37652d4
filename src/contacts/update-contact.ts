import { sql } from 'kysely'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound } from '../shared/errors.ts'
import { globalId, parseInput } from '../shared/input.ts'
import { EmailAddressTaken, isIdentified } from './contact.ts'
import { contactSnapshot } from './contact-body.ts'
import { contactMembers, createContactInput } from './contact-input.ts'
import { contactColumns, holdContact } from './contact-store.ts'
import { saveAddresses } from './save-addresses.ts'

const updateContactInput = createContactInput.extend({ id: globalId('Contact') })

/**
 * Updates a contact and returns its id: absent leaves, null clears; custom attributes are merged, addresses replaced.
 * Throws InvalidInput and EmailAddressTaken.
 */
export function updateContact(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(updateContactInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'updateContact', input, async (trx, changes) => {
    const before = await trx
      .selectFrom('contacts')
      .select(contactColumns)
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', input.id)
      .forNoKeyUpdate()
      .executeTakeFirst()
    if (before === undefined) throw notFound('contact', ['input', 'id'])
    const attributes = { ...JSON.parse(before.custom_attributes), ...Object.fromEntries(input.customAttributes ?? []) }
    const columns = { ...columnsOf(input, contactMembers), custom_attributes: JSON.stringify(attributes) }
    if (!isChange(before, columns) && input.addresses === undefined) return before.id
    const emailAddress = columns.email_address ?? null
    if (emailAddress !== null) {
      const holder = await holdContact(trx, workspaceId, { emailAddress })
      if (holder !== undefined && holder.id !== before.id) throw new EmailAddressTaken(holder.id)
    }
    const contact = await trx
      .updateTable('contacts')
      .set({
        ...columns,
        anonymous: before.anonymous && !isIdentified({ ...before, ...columns }),
        updated_at: sql`clock_timestamp()`,
      })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', before.id)
      .returning(contactColumns)
      .executeTakeFirstOrThrow()
    await saveAddresses(trx, workspaceId, contact.id, input.addresses)
    const snapshot = contactSnapshot(contact)
    changes.add('contact.updated', snapshot)
    if (isIdentified(contact) && !isIdentified(before)) changes.add('contact.identified', snapshot)
    return contact.id
  })
}
