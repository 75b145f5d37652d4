import type { Transaction } from 'kysely'
import type * as v from 'valibot'
import type { DB } from '../database/tables.ts'
import { isChange } from '../shared/columns.ts'
import { type AddressColumns, readAddresses } from './address-store.ts'
import type { createContactInput } from './contact-input.ts'

type GivenAddresses = NonNullable<v.InferOutput<typeof createContactInput>['addresses']>

/** The addresses of an input as rows; what they leave out is null. */
export function addressColumns(addresses: GivenAddresses): AddressColumns[] {
  return addresses.map(address => ({
    is_default: address.isDefault ?? false,
    first_name: address.firstName ?? null,
    last_name: address.lastName ?? null,
    organization_name: address.organizationName ?? null,
    phone_number: address.phoneNumber ?? null,
    street_one: address.streetOne ?? null,
    street_two: address.streetTwo ?? null,
    city: address.city ?? null,
    region: address.region ?? null,
    country: address.country ?? null,
    postal_code: address.postalCode ?? null,
  }))
}

/**
 * The addresses that take the place of all that a locked contact has: null removes them. Undefined when they stay:
 * absent, or the same given again.
 */
export async function nextAddresses(
  trx: Transaction<DB>,
  contact: { workspace_id: string; id: string },
  given: GivenAddresses | null | undefined,
): Promise<AddressColumns[] | undefined> {
  if (given === undefined) return undefined
  const addresses = addressColumns(given ?? [])
  const held = await readAddresses(trx, contact.workspace_id, contact.id)
  const isSame =
    held.length === addresses.length && held.every((address, position) => !isChange(address, addresses[position] ?? {}))
  return isSame ? undefined : addresses
}
