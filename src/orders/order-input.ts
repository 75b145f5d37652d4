import { z } from 'zod'
import { emailAddress } from '../contacts/contact-input.ts'
import { dateTime, externalId, globalId, idempotencyKey, optionalText, quantity, text } from '../shared/input.ts'
import { cancelReasons, orderTypes, serviceStatuses } from './order.ts'
import type { OrderReference } from './order-store.ts'

const oneReference = { error: 'Give exactly one of its members.', params: { code: 'ONE_REFERENCE' } }

/** Names an order by its id, its external id or its number; exactly one of them. */
export const orderReference = z
  .object({
    id: globalId('Order').nullish(),
    externalId: externalId.nullish(),
    number: z
      .string()
      .refine(value => /^#?[1-9]\d{0,17}$/.test(value), {
        error: 'Is not an order number such as "#1001".',
        params: { code: 'INVALID_NUMBER' },
      })
      .nullish(),
  })
  .refine(
    ({ id, externalId, number }) => [id, externalId, number].filter(member => member != null).length === 1,
    oneReference,
  )
  .transform(({ id, externalId, number }): OrderReference => {
    if (id != null) return { id }
    return externalId != null ? { externalId } : { number: String(number).replace('#', '') }
  })

const contactReference = z
  .object({ id: globalId('Contact').nullish(), emailAddress: emailAddress.nullish() })
  .refine(({ id, emailAddress }) => id != null || emailAddress != null, {
    error: 'Give its id or its e-mail address.',
    params: { code: 'ONE_REFERENCE' },
  })
  // The id wins where both are given (domain 4.5).
  .transform(({ id, emailAddress }) => (id != null ? { id } : { emailAddress: emailAddress ?? '' }))

const lineItem = z.object({ variantId: globalId('Variant'), priceId: globalId('Price'), quantity })

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
  canceledAt: dateTime.nullish(),
  canceledBy: text().nullish(),
  cancelReason: z.enum(cancelReasons).nullish(),
  cancelDescription: text(10_000).nullish(),
  churnedAt: dateTime.nullish(),
}

const writable = {
  notes: text(10_000).nullish(),
  externalId: externalId.nullish(),
  activatedAt: dateTime.nullish(),
  nextChargeAt: dateTime.nullish(),
  ...cancellation,
  ...addressMembers,
}

const expectedVersion = z.number().int().nullish()

/** The rules of `createOrder` (domain 4.5). */
export const createOrderInput = z.object({
  contact: contactReference,
  lineItems: z.array(lineItem).min(1, 'Has no line items.').max(100, 'Has more than 100 line items.'),
  orderType: z.enum(orderTypes).nullish(),
  liveMode: z.boolean(),
  serviceStatus: z.enum(serviceStatuses).nullish(),
  ...writable,
  idempotencyKey,
})
export type CreateOrderInput = z.output<typeof createOrderInput>

/** The rules of `updateOrder` (domain 4.6). */
export const updateOrderInput = z.object({ order: orderReference, ...writable, expectedVersion, idempotencyKey })

/** The rules of `setOrderServiceStatus` (decisions 1). */
export const setOrderServiceStatusInput = z.object({
  order: orderReference,
  status: z.enum(serviceStatuses),
  ...cancellation,
  expectedVersion,
  idempotencyKey,
})

export type SetOrderServiceStatusInput = z.output<typeof setOrderServiceStatusInput>

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
