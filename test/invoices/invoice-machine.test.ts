import { expect, test } from 'vitest'
import {
  allowedInvoiceTransitions,
  initialInvoiceStatuses,
  invoiceStatuses,
  invoiceTypeFits,
  invoiceTypes,
} from '../../src/invoices/invoice.ts'
import { paymentProcessors } from '../../src/orders/order.ts'

// The guard table of external invoices, written out once more: rows from, columns to.
const columns = ['unpaid', 'past-due', 'paid', 'voided', 'refunded', 'disputed']
const table: Record<string, string> = {
  unpaid: '-yyynn',
  'past-due': 'y-yynn',
  paid: 'nn-nyy',
  disputed: 'nnyny-',
  refunded: 'nnyn-n',
  voided: 'nnn-nn',
}

for (const payment_processor of paymentProcessors) {
  for (const status of invoiceStatuses) {
    test(`${payment_processor} invoice ${status}`, () => {
      const row = payment_processor === 'external' ? (table[status] ?? '') : ''
      const expected = columns.filter((_, index) => row[index] === 'y')
      expect([...allowedInvoiceTransitions({ payment_processor, status })].sort()).toEqual(expected.sort())
    })
  }
}

test('an external invoice starts in any of its six statuses', () => {
  expect([...initialInvoiceStatuses].sort()).toEqual([...columns].sort())
})

test('one-time orders have one-time sales, subscriptions everything else', () => {
  for (const type of invoiceTypes) {
    expect(invoiceTypeFits(type, 'one-time-order')).toBe(type === 'one_time_sale')
    expect(invoiceTypeFits(type, 'subscription-order')).toBe(type !== 'one_time_sale')
  }
})
