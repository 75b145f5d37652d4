import { type RawBuilder, sql } from 'kysely'
import { type Seek, seekName } from './keyset.ts'
import type { ListedTable } from './listed-table.ts'
import type { Reads } from './reads.ts'
import { type Statement, statement } from './statement.ts'
import type { DB } from './tables.ts'

/** How rows belong to a parent: by a column of theirs, or through a table of pairs (then read by id). */
export type Relation = { column: string } | { through: keyof DB & string; parent: string; child: string }

type Values = { parents: unknown; key: unknown; id: unknown; limit: unknown }
type Param = (name: 'workspace' | keyof Values) => RawBuilder<unknown>

const comparison = (isDescending: boolean) => (isDescending ? sql`<` : sql`>`)
const direction = (isDescending: boolean) => (isDescending ? sql`desc` : sql`asc`)

function byColumn({ table, columns }: ListedTable<never>, column: string, seek: Seek, param: Param) {
  const isDescending = seek.sort.descending !== seek.backward
  const [key, id] = [sql.ref(seek.sort.column), sql.ref('id')]
  const beyond = seek.beyond
    ? sql` and (${key}, ${id}) ${comparison(isDescending)} (${param('key')}, ${param('id')})`
    : sql``
  return sql`select ${sql.join(columns.map(name => sql.ref(name)))} from ${sql.table(table)}
    where workspace_id = ${param('workspace')} and ${sql.ref(column)} = parents.parent${beyond}
    order by ${key} ${direction(isDescending)}, ${id} ${direction(isDescending)} limit ${param('limit')}`
}

function throughPairs(
  { table, columns }: ListedTable<never>,
  pairs: { through: string; parent: string; child: string },
  seek: Seek,
  param: Param,
) {
  const isDescending = seek.sort.descending !== seek.backward
  const child = sql.ref(pairs.child)
  const beyond = seek.beyond ? sql` and ${child} ${comparison(isDescending)} ${param('id')}` : sql``
  return sql`select ${sql.join(columns.map(name => sql.ref(`${table}.${name}`)))} from (
      select distinct ${child} as child from ${sql.table(pairs.through)}
      where workspace_id = ${param('workspace')} and ${sql.ref(pairs.parent)} = parents.parent${beyond}
      order by child ${direction(isDescending)} limit ${param('limit')}) as paired
    join ${sql.table(table)} on ${sql.ref(`${table}.workspace_id`)} = ${param('workspace')} and ${sql.ref(`${table}.id`)} = paired.child
    order by ${sql.ref(`${table}.id`)} ${direction(isDescending)}`
}

const pages = new Map<string, Statement<Values, unknown>>()
const counts = new Map<string, Statement<{ parents: unknown }, { parent: string; count: string }>>()

function relationName(table: string, relation: Relation): string {
  return 'column' in relation ? `${table}_of_${relation.column}` : `${table}_of_${relation.parent}`
}

function pageStatement(listed: ListedTable<never>, relation: Relation, seek: Seek): Statement<Values, unknown> {
  const name = `${relationName(listed.table, relation)}${seekName(listed, seek)}`
  const known = pages.get(name)
  if (known !== undefined) return known
  const made = statement<Values>()(name, (db, param) => {
    const rows =
      'column' in relation
        ? byColumn(listed, relation.column, seek, param)
        : throughPairs(listed, relation, seek, param)
    const { sort, backward } = seek
    const isDescending = sort.descending !== backward
    const order = sql`${sql.ref(`related.${sort.column}`)} ${direction(isDescending)}, related.id ${direction(isDescending)}`
    return {
      compile: () =>
        sql`select parents.parent, related.* from unnest(${param('parents')}::bigint[]) as parents(parent)
          cross join lateral (${rows}) as related order by ${order}`.compile(db),
    }
  })
  pages.set(name, made)
  return made
}

function countStatement(listed: ListedTable<never>, relation: Relation) {
  const name = `${relationName(listed.table, relation)}_count`
  const known = counts.get(name)
  if (known !== undefined) return known
  const made = statement<{ parents: unknown }>()(name, (db, param) => {
    const [table, parent, what] =
      'column' in relation
        ? [listed.table, relation.column, sql`count(*)`]
        : [relation.through, relation.parent, sql`count(distinct ${sql.ref(relation.child)})`]
    return {
      compile: () =>
        sql<{
          parent: string
          count: string
        }>`select ${sql.ref(parent)} as parent, ${what} as count from ${sql.table(table)}
          where workspace_id = ${param('workspace')} and ${sql.ref(parent)} = any(${param('parents')}::bigint[])
          group by 1`.compile(db),
    }
  })
  counts.set(name, made)
  return made
}

/** The same stretch of many parents' lists in one statement of fixed text; rows carry their `parent`. */
export async function readRelatedPages<Row>(
  reads: Reads,
  listed: ListedTable<Row>,
  relation: Relation,
  seek: Seek,
  parents: readonly string[],
): Promise<(Row & { parent: string })[]> {
  const values = { parents, key: seek.beyond?.key ?? null, id: seek.beyond?.id ?? null, limit: seek.limit }
  const table = reads.narrowed(listed, seek.sort.column) as ListedTable<never>
  const rows = await reads.all(pageStatement(table, relation, seek), values)
  return rows as (Row & { parent: string })[]
}

/** How many rows each of many parents has; parents without any are left out. */
export function countRelated(
  reads: Reads,
  listed: ListedTable<never>,
  relation: Relation,
  parents: readonly string[],
): Promise<{ parent: string; count: string }[]> {
  return reads.all(countStatement(listed, relation), { parents })
}
