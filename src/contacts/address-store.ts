import type { Kysely, Selectable, Transaction } from 'kysely'
import { listTable } from '../database/listed-table.ts'
import { rowsByParent } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import type { ContactAddresses, DB } from '../database/tables.ts'

export type AddressRow = Selectable<ContactAddresses>

/** What a client says of an address, as columns. */
export type AddressColumns = Omit<
  AddressRow,
  'workspace_id' | 'id' | 'contact_id' | 'position' | 'created_at' | 'updated_at'
>

const columns = [
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

const addressesByContact = rowsByParent(
  listTable<AddressRow>('contact_addresses', columns, ['contact_id']),
  'contact_id',
  'position',
)

/** The addresses of these contacts, each contact's in its own order. */
export function loadAddresses(reads: Reads, contactIds: readonly string[]): Promise<AddressRow[]> {
  return reads.all(addressesByContact, { parents: contactIds })
}

/** The addresses of one contact in their order. */
export function readAddresses(trx: Transaction<DB>, workspaceId: string, contactId: string): Promise<AddressRow[]> {
  return trx
    .selectFrom('contact_addresses')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .orderBy('position')
    .execute()
}

/** The contact's default address; undefined when it has none. */
export function defaultAddress(
  db: Kysely<DB>,
  workspaceId: string,
  contactId: string,
): Promise<AddressRow | undefined> {
  return db
    .selectFrom('contact_addresses')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contactId)
    .where('is_default', '=', true)
    .executeTakeFirst()
}

/** Puts these addresses in the place of all that the contact had. */
export async function replaceAddresses(
  trx: Transaction<DB>,
  contact: { workspace_id: string; id: string },
  addresses: readonly AddressColumns[],
): Promise<void> {
  await trx
    .deleteFrom('contact_addresses')
    .where('workspace_id', '=', contact.workspace_id)
    .where('contact_id', '=', contact.id)
    .execute()
  await insertAddresses(trx, contact, addresses)
}

/** Gives a contact without addresses these. */
export async function insertAddresses(
  trx: Transaction<DB>,
  contact: { workspace_id: string; id: string },
  addresses: readonly AddressColumns[],
): Promise<void> {
  if (addresses.length === 0) return
  const rows = addresses.map((address, position) => ({
    ...address,
    workspace_id: contact.workspace_id,
    contact_id: contact.id,
    position,
  }))
  await trx.insertInto('contact_addresses').values(rows).execute()
}
