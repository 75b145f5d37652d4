import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import type { Changes } from '../events/changes.ts'
import { InvoiceNumberTaken } from './invoice-errors.ts'
import { findInvoice } from './invoice-store.ts'

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
    changes.numberInvoice((trx, number) => assign(trx, invoice, number).then(() => onNumber(number)))
    return
  }
  changes.writeLast(async trx => {
    const holder = await findInvoice(trx, invoice.workspace_id, { number: wanted })
    if (holder !== undefined && holder.id !== invoice.id) throw new InvoiceNumberTaken(holder.id)
    await assign(trx, invoice, wanted)
    onNumber(wanted)
  })
}

async function assign(trx: Transaction<DB>, invoice: Numbered, number: string): Promise<void> {
  await trx
    .updateTable('invoices')
    .set({ number })
    .where('workspace_id', '=', invoice.workspace_id)
    .where('id', '=', invoice.id)
    .execute()
}
