import { sql } from 'kysely'
import type { ListedTable } from '../database/listed-table.ts'
import { type RowStatement, rowStatement, selectRows } from '../database/row-statement.ts'

// Orders and invoices are named in the same two ways, beside their ids.

/** The row with this number in the workspace. */
export function rowByNumber<Row>(listed: ListedTable<Row>): RowStatement<{ number: string }, Row> {
  return rowStatement<{ number: string }>()(`${listed.table}_by_number`, listed, (db, param, columns) =>
    selectRows(db, listed, columns, sql`workspace_id = ${param('workspace')} and number = ${param('number')}`),
  )
}

/** The row that is paid outside and known there by this id. */
export function rowByExternalId<Row>(listed: ListedTable<Row>): RowStatement<{ externalId: string }, Row> {
  return rowStatement<{ externalId: string }>()(`${listed.table}_by_external_id`, listed, (db, param, columns) => {
    const isPaidOutside = sql`payment_processor = 'external'`
    const where = sql`workspace_id = ${param('workspace')} and ${isPaidOutside} and external_id = ${param('externalId')}`
    return selectRows(db, listed, columns, where)
  })
}
