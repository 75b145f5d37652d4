import type { Transaction } from 'kysely'
import type { z } from 'zod'
import type { DB } from '../database/tables.ts'
import { columnsOf } from '../shared/columns.ts'
import { replaceAddresses } from './address-store.ts'
import { addressMembers, type createContactInput } from './contact-input.ts'

type Addresses = z.output<typeof createContactInput>['addresses']

/** Puts the given addresses in the place of all that the contact had; absent leaves them, null removes them. */
export async function saveAddresses(
  trx: Transaction<DB>,
  workspaceId: string,
  contactId: string,
  addresses: Addresses,
): Promise<void> {
  if (addresses === undefined) return
  const rows = (addresses ?? []).map(address => ({
    ...columnsOf(address, addressMembers),
    is_default: address.isDefault ?? false,
  }))
  await replaceAddresses(trx, workspaceId, contactId, rows)
}
