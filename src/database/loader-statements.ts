import { sql } from 'kysely'
import type { ListedTable } from './listed-table.ts'
import { type RowStatement, rowStatement, selectRows } from './row-statement.ts'

/** The rows with these ids that the workspace has, in any order. */
export function rowsById<Row>(listed: ListedTable<Row>): RowStatement<{ ids: readonly string[] }, Row> {
  return rowStatement<{ ids: readonly string[] }>()(`${listed.table}_by_id`, listed, (db, param, columns) =>
    selectRows(db, listed, columns, sql`workspace_id = ${param('workspace')} and id = any(${param('ids')})`),
  )
}

/** The rows of these parents, each parent's in the order of `orderColumn`. */
export function rowsByParent<Row>(
  listed: ListedTable<Row>,
  parentColumn: keyof Row & string,
  orderColumn: keyof Row & string,
): RowStatement<{ parents: readonly string[] }, Row> {
  // Without it the rows of an operation that does not select the column would find no parent.
  if (!listed.keys.includes(parentColumn)) throw new Error(`${parentColumn} is no key of ${listed.table}`)
  const name = `${listed.table}_by_${parentColumn}`
  return rowStatement<{ parents: readonly string[] }>()(name, listed, (db, param, columns) => {
    const parent = sql.ref(parentColumn)
    const where = sql`workspace_id = ${param('workspace')} and ${parent} = any(${param('parents')})
      order by ${parent}, ${sql.ref(orderColumn)}`
    return selectRows(db, listed, columns, where)
  })
}
