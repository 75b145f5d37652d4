import { type RawBuilder, sql } from 'kysely'
import type { ListedTable } from './listed-table.ts'
import type { Reads } from './reads.ts'
import { type Statement, statement } from './statement.ts'

/** An order of a list: one column, then the id, both in one direction, so that every row has its own place. */
export interface Sort {
  column: string
  descending: boolean
}

/** A stretch of a list: at most `limit` rows beyond a place, read towards the end or (`backward`) the beginning. */
export interface Seek {
  sort: Sort
  beyond: { key: string; id: string } | undefined
  backward: boolean
  limit: number
}

type Values = { key: unknown; id: unknown; limit: unknown }

function selectPage(
  { table, columns }: ListedTable<never>,
  workspace: unknown,
  { sort, beyond, backward }: Seek,
  values: Values,
  conditions: readonly RawBuilder<unknown>[],
) {
  const row = sql.table(table)
  const key = sql.ref(`${table}.${sort.column}`)
  const id = sql.ref(`${table}.id`)
  const isDescending = sort.descending !== backward
  const direction = isDescending ? sql`desc` : sql`asc`
  const wheres = [sql`${sql.ref(`${table}.workspace_id`)} = ${workspace}`, ...conditions]
  if (beyond !== undefined) {
    wheres.push(sql`(${key}, ${id}) ${isDescending ? sql`<` : sql`>`} (${values.key}, ${values.id})`)
  }
  const order = sort.column === 'id' ? sql`${id} ${direction}` : sql`${key} ${direction}, ${id} ${direction}`
  const list = sql.join(columns.map(column => sql.ref(`${table}.${column}`)))
  return sql`select ${list} from ${row} where ${sql.join(wheres, sql` and `)} order by ${order} limit ${values.limit}`
}

const unfiltered = new Map<string, Statement<Values, unknown>>()

/** What a page by this seek adds to the name of its statement. */
export function seekName({ suffix }: ListedTable<never>, { sort, beyond, backward }: Seek): string {
  return `_by_${sort.column}${sort.descending ? '_desc' : ''}${backward ? '_back' : ''}${beyond ? '_beyond' : ''}${suffix}`
}

function unfilteredPage(listed: ListedTable<never>, seek: Seek): Statement<Values, unknown> {
  const name = `${listed.table}${seekName(listed, seek)}`
  const known = unfiltered.get(name)
  if (known !== undefined) return known
  const made = statement<Values>()(name, (db, param) => {
    const values = { key: param('key'), id: param('id'), limit: param('limit') }
    return { compile: () => selectPage(listed, param('workspace'), seek, values, []).compile(db) }
  })
  unfiltered.set(name, made)
  return made
}

/**
 * The rows of one stretch, in reading order. Without conditions it is a statement of fixed text; with conditions it
 * goes over the pool, since its cost depends on them.
 */
export async function readPage<Row>(
  reads: Reads,
  listed: ListedTable<Row>,
  seek: Seek,
  conditions: readonly RawBuilder<unknown>[],
): Promise<Row[]> {
  const values = { key: seek.beyond?.key ?? null, id: seek.beyond?.id ?? null, limit: seek.limit }
  const table = reads.narrowed(listed, seek.sort.column) as ListedTable<never>
  const rows =
    conditions.length === 0
      ? reads.all(unfilteredPage(table, seek), values)
      : reads.filtered((db, workspaceId) => ({
          compile: () => selectPage(table, workspaceId, seek, values, conditions).compile(db),
        }))
  return (await rows) as Row[]
}

/** How many rows a list has. */
export async function countRows(
  reads: Reads,
  { table }: ListedTable<never>,
  conditions: readonly RawBuilder<unknown>[],
): Promise<number> {
  const [row] = await reads.filtered<{ count: string }>((db, workspaceId) => ({
    compile: () =>
      sql<{ count: string }>`select count(*) from ${sql.table(table)} where ${sql.join(
        [sql`${sql.ref(`${table}.workspace_id`)} = ${workspaceId}`, ...conditions],
        sql` and `,
      )}`.compile(db),
  }))
  return Number(row?.count ?? 0)
}
