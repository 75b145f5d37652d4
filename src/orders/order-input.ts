import * as v from 'valibot'
import { emailAddress } from '../contacts/contact-input.ts'
import {
  coded,
  dateTime,
  expectedVersion,
  externalId,
  globalId,
  idempotencyKey,
  listOf,
  optionalText,
  quantity,
  text,
} from '../shared/input.ts'
import { cancelReasons, orderTypes, serviceStatuses } from './order.ts'
import type { OrderReference } from './order-store.ts'

/** Names an order by its id, its external id or its number; exactly one of them. */
export const orderReference = v.pipe(
  v.object({
    id: v.nullish(globalId('Order')),
    externalId: v.nullish(externalId),
    number: v.nullish(
      v.pipe(
        v.string(),
        v.check(
          value => /^#?[1-9]\d{0,17}$/.test(value),
          coded('INVALID_NUMBER', 'Is not an order number such as "#1001".'),
        ),
      ),
    ),
  }),
  v.check(
    ({ id, externalId, number }) => [id, externalId, number].filter(member => member != null).length === 1,
    coded('ONE_REFERENCE', 'Give exactly one of its members.'),
  ),
  v.transform(({ id, externalId, number }): OrderReference => {
    if (id != null) return { id }
    return externalId != null ? { externalId } : { number: String(number).replace('#', '') }
  }),
)

const contactReference = v.pipe(
  v.object({ id: v.nullish(globalId('Contact')), emailAddress: v.nullish(emailAddress) }),
  v.check(
    ({ id, emailAddress }) => id != null || emailAddress != null,
    coded('ONE_REFERENCE', 'Give its id or its e-mail address.'),
  ),
  // The id wins where both are given (domain 4.5).
  v.transform(({ id, emailAddress }) => (id != null ? { id } : { emailAddress: emailAddress ?? '' })),
)

const lineItem = v.object({ variantId: globalId('Variant'), priceId: globalId('Price'), quantity })

const addressText = optionalText()

const addressMembers = {
  shippingAddressFirstName: addressText,
  shippingAddressLastName: addressText,
  shippingAddressOrganizationName: addressText,
  shippingAddressPhoneNumber: addressText,
  shippingAddressStreetOne: addressText,
  shippingAddressStreetTwo: addressText,
  shippingAddressCity: addressText,
  shippingAddressRegion: addressText,
  shippingAddressCountry: addressText,
  shippingAddressPostalCode: addressText,
  billingAddressStreetOne: addressText,
  billingAddressStreetTwo: addressText,
  billingAddressCity: addressText,
  billingAddressRegion: addressText,
  billingAddressCountry: addressText,
  billingAddressPostalCode: addressText,
}

const cancellation = {
  canceledAt: v.nullish(dateTime),
  canceledBy: v.nullish(text()),
  cancelReason: v.nullish(v.picklist(cancelReasons)),
  cancelDescription: v.nullish(text(10_000)),
  churnedAt: v.nullish(dateTime),
}

const writable = {
  notes: v.nullish(text(10_000)),
  externalId: v.nullish(externalId),
  activatedAt: v.nullish(dateTime),
  nextChargeAt: v.nullish(dateTime),
  ...cancellation,
  ...addressMembers,
}

/** The rules of `createOrder` (domain 4.5). */
export const createOrderInput = v.object({
  contact: contactReference,
  lineItems: v.pipe(
    listOf(lineItem, 100, 'Has more than 100 line items.'),
    v.minLength(1, coded('TOO_FEW', 'Has no line items.')),
  ),
  orderType: v.nullish(v.picklist(orderTypes)),
  liveMode: v.boolean(),
  serviceStatus: v.nullish(v.picklist(serviceStatuses)),
  ...writable,
  idempotencyKey,
})
export type CreateOrderInput = v.InferOutput<typeof createOrderInput>

/** The rules of `updateOrder` (domain 4.6). */
export const updateOrderInput = v.object({ order: orderReference, ...writable, expectedVersion, idempotencyKey })

/** The rules of `setOrderServiceStatus` (decisions 1). */
export const setOrderServiceStatusInput = v.object({
  order: orderReference,
  status: v.picklist(serviceStatuses),
  ...cancellation,
  expectedVersion,
  idempotencyKey,
})

export type SetOrderServiceStatusInput = v.InferOutput<typeof setOrderServiceStatusInput>

/** The members that say how a subscription ended. */
export const cancellationMembers = [
  'canceledAt',
  'canceledBy',
  'cancelReason',
  'cancelDescription',
  'churnedAt',
] as const

/** The members that belong to the subscription of an order. */
export const subscriptionMembers = ['activatedAt', 'nextChargeAt', ...cancellationMembers] as const

/** The members of an input that are columns of the same name. */
export const orderMembers = [
  'notes',
  'externalId',
  ...subscriptionMembers,
  'shippingAddressFirstName',
  'shippingAddressLastName',
  'shippingAddressOrganizationName',
  'shippingAddressPhoneNumber',
  'shippingAddressStreetOne',
  'shippingAddressStreetTwo',
  'shippingAddressCity',
  'shippingAddressRegion',
  'shippingAddressCountry',
  'shippingAddressPostalCode',
  'billingAddressStreetOne',
  'billingAddressStreetTwo',
  'billingAddressCity',
  'billingAddressRegion',
  'billingAddressCountry',
  'billingAddressPostalCode',
] as const
