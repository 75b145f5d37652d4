import type { AddressRow } from '../contacts/address-store.ts'
import type { OrderRow } from './order-store.ts'

type Shipping = {
  [Column in keyof OrderRow as Column extends `shipping_address_${string}` ? Column : never]?:
    | OrderRow[Column]
    | undefined
}

/**
 * What the contact's default address puts in the place of an order's shipping address (domain 4.8): without first
 * name, last name or phone number all three; without country the whole place. Nothing without a default address.
 */
export function syncedAddress(shipping: Shipping, defaultAddress: AddressRow | undefined): Shipping {
  if (defaultAddress === undefined) return {}
  const isPersonKnown =
    shipping.shipping_address_first_name != null &&
    shipping.shipping_address_last_name != null &&
    shipping.shipping_address_phone_number != null
  const person: Shipping = {
    shipping_address_first_name: defaultAddress.first_name,
    shipping_address_last_name: defaultAddress.last_name,
    shipping_address_phone_number: defaultAddress.phone_number,
  }
  const place: Shipping = {
    shipping_address_street_one: defaultAddress.street_one,
    shipping_address_street_two: defaultAddress.street_two,
    shipping_address_city: defaultAddress.city,
    shipping_address_region: defaultAddress.region,
    shipping_address_country: defaultAddress.country,
    shipping_address_postal_code: defaultAddress.postal_code,
  }
  return { ...(isPersonKnown ? {} : person), ...(shipping.shipping_address_country != null ? {} : place) }
}
