import { statusChangeFields } from '../events/status-change-schema.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType, pageArgs } from '../graphql/connection.ts'
import { relatedConnection } from '../graphql/related-connection.ts'
import { InvoiceStatusEnum } from './invoice-enums.ts'
import { InvoiceRef } from './invoice-refs.ts'
import { type InvoiceStatusChangeRow, listedInvoiceStatusChanges } from './invoice-status-change-store.ts'

const statusChangesOf = relatedConnection(listedInvoiceStatusChanges, { column: 'invoice_id' })

const oldestFirst = { column: 'id', descending: false }

const InvoiceStatusChangeRef = builder.objectRef<InvoiceStatusChangeRow>('InvoiceStatusChange').implement({
  description: 'One step of the status of an invoice.',
  fields: t => ({
    from: t.expose('from_status', {
      type: InvoiceStatusEnum,
      nullable: true,
      description: 'The status before; null when the invoice was created with it.',
    }),
    to: t.expose('to_status', { type: InvoiceStatusEnum, description: 'The status after.' }),
    ...statusChangeFields(t),
  }),
})

builder.objectField(InvoiceRef, 'statusChanges', t =>
  t.field({
    type: connectionType('InvoiceStatusChange', InvoiceStatusChangeRef),
    description: 'The statuses the invoice went through, oldest first.',
    args: pageArgs(t),
    columns: [],
    resolve: (invoice, page, context) => statusChangesOf(context, invoice.id, oldestFirst, page),
  }),
)
