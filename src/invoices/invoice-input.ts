import { z } from 'zod'
import { orderReference } from '../orders/order-input.ts'
import {
  amount,
  dateTime,
  externalId,
  globalId,
  idempotencyKey,
  paidAt,
  perCurrency,
  quantity,
  requiredText,
  text,
  unclearable,
} from '../shared/input.ts'
import { invoiceStatuses, invoiceTypes } from './invoice.ts'
import type { InvoiceReference } from './invoice-store.ts'

const invoiceNumber = requiredText(255)

const invoiceReference = z
  .object({ id: globalId('Invoice').nullish(), externalId: externalId.nullish(), number: invoiceNumber.nullish() })
  .refine(({ id, externalId, number }) => [id, externalId, number].filter(member => member != null).length === 1, {
    error: 'Give exactly one of its members.',
    params: { code: 'ONE_REFERENCE' },
  })
  .transform(({ id, externalId, number }): InvoiceReference => {
    if (id != null) return { id }
    return externalId != null ? { externalId } : { number: number ?? '' }
  })

const expectedVersion = z.number().int().nullish()

const description = text(10_000).nullish()

/** The rules of `createInvoice` (domain 5.3). */
export const createInvoiceInput = perCurrency(currency =>
  z.object({
    order: orderReference,
    status: z.enum(invoiceStatuses).nullish(),
    invoiceType: z.enum(invoiceTypes).nullish(),
    number: invoiceNumber.nullish(),
    externalId: externalId.nullish(),
    shippingAmount: amount(currency).nullish(),
    issuedAt: dateTime.nullish(),
    dueAt: dateTime.nullish(),
    paidAt: paidAt.nullish(),
    lineItems: z
      .array(
        z.object({
          variantId: globalId('Variant'),
          priceId: globalId('Price'),
          quantity,
          amount: amount(currency).nullish(),
          description,
        }),
      )
      .min(1, 'Has no line items.')
      .max(100, 'Has more than 100 line items.')
      .nullish(),
    idempotencyKey,
  }),
)
export type CreateInvoiceInput = z.output<ReturnType<typeof createInvoiceInput>>

/** The rules of `updateInvoice` (domain 5.4). */
export const updateInvoiceInput = perCurrency(currency =>
  z.object({
    invoice: invoiceReference,
    number: unclearable(invoiceNumber),
    externalId: externalId.nullish(),
    shippingAmount: amount(currency).nullish(),
    issuedAt: unclearable(dateTime),
    dueAt: dateTime.nullish(),
    lineItems: z
      .array(
        z.object({
          id: globalId('InvoiceLineItem'),
          quantity: unclearable(quantity),
          amount: unclearable(amount(currency)),
          description,
        }),
      )
      .max(100, 'Has more than 100 line items.')
      .nullish()
      // Lines can't be removed: there is nothing that null could clear.
      .transform(lines => lines ?? undefined),
    expectedVersion,
    idempotencyKey,
  }),
)
export type UpdateInvoiceInput = z.output<ReturnType<typeof updateInvoiceInput>>

/** The rules of `setInvoiceStatus` (decisions 1). */
export const setInvoiceStatusInput = z.object({
  invoice: invoiceReference,
  status: z.enum(invoiceStatuses),
  paidAt: paidAt.nullish(),
  dueAt: dateTime.nullish(),
  expectedVersion,
  idempotencyKey,
})
export type SetInvoiceStatusInput = z.output<typeof setInvoiceStatusInput>
