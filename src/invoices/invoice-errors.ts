import { UserError } from '../shared/errors.ts'
import type { InvoiceStatus } from './invoice.ts'

/** Lines, shipping and dates are fixed once an invoice is neither unpaid nor past due (decisions 1). */
export class InvoiceNotEditable extends UserError {
  override readonly name = 'InvoiceNotEditable'
  readonly code = 'INVOICE_NOT_EDITABLE'
  readonly status: InvoiceStatus

  constructor(status: InvoiceStatus, path: string[]) {
    super(`The invoice is ${status}: lines, shipping and dates can change only while it is unpaid or past-due.`, path)
    this.status = status
  }
}

/** Another invoice of the workspace has this number (decisions 1). */
export class InvoiceNumberTaken extends UserError {
  override readonly name = 'InvoiceNumberTaken'
  readonly code = 'INVOICE_NUMBER_TAKEN'
  readonly existingId: string

  constructor(existingId: string) {
    super('Another invoice has this number.', ['input', 'number'])
    this.existingId = existingId
  }
}
