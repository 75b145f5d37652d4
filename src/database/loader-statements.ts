import { sql } from 'kysely'
import type { ListedTable } from './listed-table.ts'
import { type RowStatement, rowStatement } from './row-statement.ts'

/** The rows with these ids that the workspace has, in any order. */
export function rowsById<Row>(listed: ListedTable<Row>): RowStatement<{ ids: readonly string[] }, Row> {
  return rowStatement<{ ids: readonly string[] }>()(`${listed.table}_by_id`, listed, (db, param, columns) => {
    const list = sql.join(columns.map(column => sql.ref(column)))
    const query = sql`select ${list} from ${sql.table(listed.table)}
      where workspace_id = ${param('workspace')} and id = any(${param('ids')})`
    return { compile: () => query.compile(db) }
  })
}

/** The rows of these parents, each parent's in the order of `orderColumn`. */
export function rowsByParent<Row>(
  listed: ListedTable<Row>,
  parentColumn: keyof Row & string,
  orderColumn: keyof Row & string,
): RowStatement<{ parents: readonly string[] }, Row> {
  const name = `${listed.table}_by_${parentColumn}`
  return rowStatement<{ parents: readonly string[] }>()(name, listed, (db, param, columns) => {
    const list = sql.join(columns.map(column => sql.ref(column)))
    const parent = sql.ref(parentColumn)
    const query = sql`select ${list} from ${sql.table(listed.table)}
      where workspace_id = ${param('workspace')} and ${parent} = any(${param('parents')})
      order by ${parent}, ${sql.ref(orderColumn)}`
    return { compile: () => query.compile(db) }
  })
}
