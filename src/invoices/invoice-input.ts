import * as v from 'valibot'
import { orderReference } from '../orders/order-input.ts'
import {
  amount,
  coded,
  dateTime,
  expectedVersion,
  externalId,
  globalId,
  idempotencyKey,
  listOf,
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

const invoiceReference = v.pipe(
  v.object({
    id: v.nullish(globalId('Invoice')),
    externalId: v.nullish(externalId),
    number: v.nullish(invoiceNumber),
  }),
  v.check(
    ({ id, externalId, number }) => [id, externalId, number].filter(member => member != null).length === 1,
    coded('ONE_REFERENCE', 'Give exactly one of its members.'),
  ),
  v.transform(({ id, externalId, number }): InvoiceReference => {
    if (id != null) return { id }
    return externalId != null ? { externalId } : { number: number ?? '' }
  }),
)

const description = v.nullish(text(10_000))

const newLineItem = (currency: string) =>
  v.object({
    variantId: globalId('Variant'),
    priceId: globalId('Price'),
    quantity,
    amount: v.nullish(amount(currency)),
    description,
  })

const changedLineItem = (currency: string) =>
  v.object({
    id: globalId('InvoiceLineItem'),
    quantity: unclearable(quantity),
    amount: unclearable(amount(currency)),
    description,
  })

/** The rules of `createInvoice` (domain 5.3). */
export const createInvoiceInput = perCurrency(currency =>
  v.object({
    order: orderReference,
    status: v.nullish(v.picklist(invoiceStatuses)),
    invoiceType: v.nullish(v.picklist(invoiceTypes)),
    number: v.nullish(invoiceNumber),
    externalId: v.nullish(externalId),
    shippingAmount: v.nullish(amount(currency)),
    issuedAt: v.nullish(dateTime),
    dueAt: v.nullish(dateTime),
    paidAt: v.nullish(paidAt),
    lineItems: v.nullish(
      v.pipe(
        listOf(newLineItem(currency), 100, 'Has more than 100 line items.'),
        v.minLength(1, coded('TOO_FEW', 'Has no line items.')),
      ),
    ),
    idempotencyKey,
  }),
)
export type CreateInvoiceInput = v.InferOutput<ReturnType<typeof createInvoiceInput>>

/** The rules of `updateInvoice` (domain 5.4). */
export const updateInvoiceInput = perCurrency(currency =>
  v.object({
    invoice: invoiceReference,
    number: unclearable(invoiceNumber),
    externalId: v.nullish(externalId),
    shippingAmount: v.nullish(amount(currency)),
    issuedAt: unclearable(dateTime),
    dueAt: v.nullish(dateTime),
    lineItems: v.pipe(
      v.nullish(listOf(changedLineItem(currency), 100, 'Has more than 100 line items.')),
      // Lines can't be removed: there is nothing that null could clear.
      v.transform(lines => lines ?? undefined),
    ),
    expectedVersion,
    idempotencyKey,
  }),
)
export type UpdateInvoiceInput = v.InferOutput<ReturnType<typeof updateInvoiceInput>>

/** The rules of `setInvoiceStatus` (decisions 1). */
export const setInvoiceStatusInput = v.object({
  invoice: invoiceReference,
  status: v.picklist(invoiceStatuses),
  paidAt: v.nullish(paidAt),
  dueAt: v.nullish(dateTime),
  expectedVersion,
  idempotencyKey,
})
export type SetInvoiceStatusInput = v.InferOutput<typeof setInvoiceStatusInput>
