import type { Changes } from '../events/changes.ts'
import { InvoiceNumberTaken } from './invoice-errors.ts'
import { findInvoice, nextFreeNumber, writeInvoiceNumber } from './invoice-store.ts'

interface Numbered {
  workspace_id: string
  id: string
}

/**
 * Gives an invoice its number under the counter lock: the one asked for, which must be free, or the workspace's next.
 * Numbers that clients choose and numbers the counter deals out are one set, so both are settled under one lock.
 */
export function claimNumber(
  changes: Changes,
  invoice: Numbered,
  wanted: string | null | undefined,
  onNumber: (number: string) => void,
): void {
  if (wanted == null) {
    changes.numberInvoice(async (trx, last) => {
      const number = await nextFreeNumber(trx, invoice.workspace_id, last)
      changes.writeAlong(db => writeInvoiceNumber(db, invoice, number))
      onNumber(number)
      return number
    })
    return
  }
  changes.writeLast(async trx => {
    const holder = await findInvoice(trx, invoice.workspace_id, { number: wanted })
    if (holder !== undefined && holder.id !== invoice.id) throw new InvoiceNumberTaken(holder.id)
    changes.writeAlong(db => writeInvoiceNumber(db, invoice, wanted))
    onNumber(wanted)
  })
}
