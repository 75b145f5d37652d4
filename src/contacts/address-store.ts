import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Reads } from '../database/reads.ts'
import { statement } from '../database/statement.ts'
import type { ContactAddresses, DB } from '../database/tables.ts'

export type AddressRow = Selectable<ContactAddresses>

const addressColumns = [
  'workspace_id',
  'id',
  'contact_id',
  'position',
  'is_default',
  'first_name',
  'last_name',
  'organization_name',
  'phone_number',
  'street_one',
  'street_two',
  'city',
  'region',
  'country',
  'postal_code',
  'created_at',
  'updated_at',
] as const

const addressesByContact = statement<{ contactIds: readonly string[] }>()('contact_addresses_by_contact', (db, param) =>
  db
    .selectFrom('contact_addresses')
    .select(addressColumns)
    .where('workspace_id', '=', param('workspace'))
    .where('contact_id', '=', sql<string>`any(${param('contactIds')})`)
    .orderBy('contact_id')
    .orderBy('position'),
)

/** The addresses of these contacts, each contact's in its own order. */
export function loadAddresses(reads: Reads, contactIds: readonly string[]): Promise<AddressRow[]> {
  return reads.all(addressesByContact, { contactIds })
}

/** The contact's default address; undefined when it has none. */
export function defaultAddress(
  db: Kysely<DB>,
  workspaceId: string,
  contactId: string,
): Promise<AddressRow | undefined> {
  return db
    .selectFrom('contact_addresses')
    .select(addressColumns)
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .where('is_default', '=', true)
    .executeTakeFirst()
}

/** Puts these addresses in the place of all that the contact had. */
export async function replaceAddresses(
  trx: Transaction<DB>,
  workspaceId: string,
  contactId: string,
  addresses: readonly Partial<Omit<AddressRow, 'workspace_id' | 'id' | 'contact_id' | 'position'>>[],
): Promise<void> {
  await trx
    .deleteFrom('contact_addresses')
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .execute()
  if (addresses.length === 0) return
  const rows = addresses.map((address, position) => ({
    ...address,
    workspace_id: workspaceId,
    contact_id: contactId,
    position,
  }))
  await trx.insertInto('contact_addresses').values(rows).execute()
}
