import { type RawBuilder, sql } from 'kysely'
import type { Reads } from './reads.ts'
import { type Statement, statement } from './statement.ts'
import type { DB } from './tables.ts'

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

/** A table as a list: which columns its rows have. */
export interface ListedTable<Row> {
  table: keyof DB & string
  columns: readonly (keyof Row & string)[]
}

type Values = { key: unknown; id: unknown; limit: unknown }

/** No stretch is longer: the largest page and one row more. */
const maxRows = 101

const list = (table: string, columns: readonly string[]) => sql.join(columns.map(name => sql.ref(`${table}.${name}`)))

function orderOf(table: string, { sort, backward }: Seek) {
  const [key, id] = [sql.ref(`${table}.${sort.column}`), sql.ref(`${table}.id`)]
  const direction = sort.descending !== backward ? sql`desc` : sql`asc`
  return sort.column === 'id' ? sql`${id} ${direction}` : sql`${key} ${direction}, ${id} ${direction}`
}

function selectPage(
  { table, columns }: { table: string; columns: readonly string[] },
  workspace: unknown,
  seek: Seek,
  values: Values,
  conditions: readonly RawBuilder<unknown>[],
) {
  const { sort, beyond, backward } = seek
  const wheres = [sql`${sql.ref(`${table}.workspace_id`)} = ${workspace}`, ...conditions]
  if (beyond !== undefined) {
    const [key, id] = [sql.ref(`${table}.${sort.column}`), sql.ref(`${table}.id`)]
    wheres.push(sql`(${key}, ${id}) ${sort.descending !== backward ? sql`<` : sql`>`} (${values.key}, ${values.id})`)
  }
  return sql`select ${list(table, columns)} from ${sql.table(table)} where ${sql.join(wheres, sql` and `)}
    order by ${orderOf(table, seek)} limit ${values.limit}`
}

const unfiltered = new Map<string, Statement<Values, unknown>>()

function unfilteredPage({ table, columns }: ListedTable<never>, seek: Seek): Statement<Values, unknown> {
  const { sort, beyond, backward } = seek
  const name = `${table}_by_${sort.column}${sort.descending ? '_desc' : ''}${backward ? '_back' : ''}${beyond ? '_beyond' : ''}`
  const known = unfiltered.get(name)
  if (known !== undefined) return known
  const made = statement<Values>()(name, (db, param, keep) => {
    const read = keep(columns)
    const inner = { table, columns: [...new Set<string>([...read, sort.column, 'id'])] }
    // A plan for any limit counts on a tenth of the table, so that PostgreSQL would rather plan each page anew.
    const values = { key: param('key'), id: param('id'), limit: sql.lit(maxRows) }
    const rows = selectPage(inner, param('workspace'), seek, values, [])
    const page = sql`select ${list(table, read)} from (${rows}) as ${sql.table(table)}
      order by ${orderOf(table, seek)} limit ${param('limit')}`
    return { compile: () => page.compile(db) }
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
  if (seek.limit > maxRows) throw new Error(`${seek.limit} rows are more than a page can have`)
  const values = { key: seek.beyond?.key ?? null, id: seek.beyond?.id ?? null, limit: seek.limit }
  const rows =
    conditions.length === 0
      ? reads.all(unfilteredPage(listed as ListedTable<never>, seek), values)
      : reads.filtered((db, workspaceId) => ({
          compile: () => selectPage(listed, workspaceId, seek, values, conditions).compile(db),
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
