import { type Insertable, type Kysely, type Selectable, sql, type Transaction, type Updateable } from 'kysely'
import { type Condition, equals, oneOf, type Range, within } from '../database/conditions.ts'
import { listTable } from '../database/listed-table.ts'
import { rowsById } from '../database/loader-statements.ts'
import type { Reads } from '../database/reads.ts'
import { rowStatement } from '../database/row-statement.ts'
import type { Contacts, DB } from '../database/tables.ts'

export type ContactRow = Selectable<Contacts>

/** The columns of a contact, listed: a named `select *` would fail for ever after a new column. */
export const contactColumns = [
  'workspace_id',
  'id',
  'public_id',
  'uuid',
  'anonymous',
  'email_address',
  'first_name',
  'last_name',
  'phone_number',
  'time_zone',
  'fb_url',
  'twitter_url',
  'instagram_url',
  'linkedin_url',
  'website_url',
  'custom_attributes',
  'unsubscribed_at',
  'email_suppression_reason',
  'created_at',
  'updated_at',
] as const

/** Contacts as a list. */
export const listedContacts = listTable<ContactRow>('contacts', contactColumns)

const contactsById = rowsById(listedContacts)

const contactByEmailAddress = rowStatement<{ emailAddress: string }>()(
  'contact_by_email_address',
  listedContacts,
  (db, param, columns) =>
    db
      .selectFrom('contacts')
      .select(columns)
      .where('workspace_id', '=', param('workspace'))
      .where(sql`lower(email_address)`, '=', sql`lower(${param('emailAddress')})`),
)

/** The contacts with these ids that the workspace has, in any order. */
export function loadContacts(reads: Reads, ids: readonly string[]): Promise<ContactRow[]> {
  return reads.all(contactsById, { ids })
}

/** The contact with this e-mail address in whatever case; undefined when there is none. */
export async function findContactByEmailAddress(reads: Reads, emailAddress: string): Promise<ContactRow | undefined> {
  const [row] = await reads.all(contactByEmailAddress, { emailAddress })
  return row
}

/** What a list of contacts can be narrowed by; null and absent mean the same. */
interface ContactFilter {
  id?: readonly string[] | null | undefined
  emailAddress?: string | null | undefined
  anonymous?: boolean | null | undefined
  isActive?: boolean | null | undefined
  createdAt?: Range | null | undefined
  updatedAt?: Range | null | undefined
}

const mailReaches = sql`email_address is not null and unsubscribed_at is null and email_suppression_reason is null`

/** The conditions of a filter. */
export function contactConditions(filter: ContactFilter): Condition[] {
  const emailAddress = filter.emailAddress ?? null
  return [
    ...oneOf('id', filter.id),
    ...(emailAddress === null ? [] : [sql`lower(email_address) = lower(${emailAddress})`]),
    ...equals('anonymous', filter.anonymous),
    ...(filter.isActive == null ? [] : [sql`(${mailReaches}) = ${filter.isActive}`]),
    ...within('created_at', filter.createdAt),
    ...within('updated_at', filter.updatedAt),
  ]
}

/** A contact by id or e-mail address, held against deletion to the end of the transaction. */
export async function holdContact(
  trx: Kysely<DB>,
  workspaceId: string,
  reference: { id: string } | { emailAddress: string },
): Promise<ContactRow | undefined> {
  const query = trx.selectFrom('contacts').select(contactColumns).where('workspace_id', '=', workspaceId).forKeyShare()
  return 'id' in reference
    ? query.where('id', '=', reference.id).executeTakeFirst()
    : query.where(sql`lower(email_address)`, '=', sql`lower(${reference.emailAddress})`).executeTakeFirst()
}

/** Locks a contact for writing to the end of the transaction; undefined when the workspace has none. */
export function lockContact(trx: Transaction<DB>, workspaceId: string, id: string): Promise<ContactRow | undefined> {
  return trx
    .selectFrom('contacts')
    .select(contactColumns)
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

/** Adds a contact and returns it. */
export function insertContact(trx: Transaction<DB>, contact: Insertable<Contacts>): Promise<ContactRow> {
  return trx.insertInto('contacts').values(contact).returning(contactColumns).executeTakeFirstOrThrow()
}

/** Writes columns of a locked contact and returns it. */
export function writeContact(
  trx: Transaction<DB>,
  contact: { workspace_id: string; id: string },
  columns: Updateable<Contacts>,
): Promise<ContactRow> {
  return trx
    .updateTable('contacts')
    .set({ ...columns, updated_at: sql`clock_timestamp()` })
    .where('workspace_id', '=', contact.workspace_id)
    .where('id', '=', contact.id)
    .returning(contactColumns)
    .executeTakeFirstOrThrow()
}
