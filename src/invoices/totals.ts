import { addAmounts, sumOfLines, writeAmount } from '../shared/money.ts'
import { type InvoiceStatus, isEditable } from './invoice.ts'

/** What an invoice adds up to; every amount with its currency's decimals. */
interface Totals {
  subtotal_amount: string
  shipping_amount: string
  total_amount: string
  due_amount: string
}

/** subtotal = Σ amount × quantity; total = subtotal + shipping; due = total while unpaid or past due (decisions 1). */
export function totalsOf(
  lines: readonly { amount: string; quantity: number }[],
  shippingAmount: string,
  status: InvoiceStatus,
  currency: string,
): Totals {
  const subtotal = sumOfLines(lines, currency)
  const total = addAmounts(subtotal, shippingAmount, currency)
  return {
    subtotal_amount: subtotal,
    shipping_amount: writeAmount(shippingAmount, currency),
    total_amount: total,
    due_amount: dueAmount(total, status, currency),
  }
}

/** What is still to be paid of a total (decisions 1). */
export function dueAmount(total: string, status: InvoiceStatus, currency: string): string {
  return isEditable(status) ? total : writeAmount('0', currency)
}
