import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Sort } from '../database/keyset.ts'
import type { ListedTable } from '../database/listed-table.ts'
import { countRelated, type Relation, readRelatedPages } from '../database/related-keyset.ts'
import { type Connection, connectionOf } from './connection.ts'
import type { Context } from './context.ts'
import { type PageArgs, seekOf } from './page.ts'

/**
 * An unbounded one-to-many relation: the pages that fields with the same arguments ask of many parents are read in one
 * statement, and so are their counts.
 */
export function relatedConnection<Row extends { id: string }>(listed: ListedTable<Row>, relation: Relation) {
  const pageLoaders = createContextCache((_context: Context) => new Map<string, DataLoader<string, Connection<Row>>>())
  const counts = createContextCache(
    (context: Context) =>
      new DataLoader<string, number>(async parents => {
        const rows = await countRelated(context.reads, listed as ListedTable<never>, relation, parents)
        const byParent = new Map(rows.map(row => [row.parent, Number(row.count)]))
        return parents.map(parent => byParent.get(parent) ?? 0)
      }),
  )

  function pageLoader(context: Context, sort: Sort, args: PageArgs): DataLoader<string, Connection<Row>> {
    const { first, after, last, before } = args
    const loaders = pageLoaders(context)
    const key = JSON.stringify([sort.column, sort.descending, first, after, last, before])
    const known = loaders.get(key)
    if (known !== undefined) return known
    const { workspaceId } = context.reads
    const seek = seekOf(workspaceId, listed.table, sort, args)
    const loader = new DataLoader<string, Connection<Row>>(async parents => {
      const rows = await readRelatedPages(context.reads, listed, relation, seek, parents)
      const byParent = Map.groupBy(rows, row => row.parent)
      return parents.map(parent =>
        connectionOf<Row>(workspaceId, listed.table, seek, byParent.get(parent) ?? [], () =>
          counts(context).load(parent),
        ),
      )
    })
    loaders.set(key, loader)
    return loader
  }

  return (context: Context, parentId: string, sort: Sort, args: PageArgs): Promise<Connection<Row>> =>
    pageLoader(context, sort, args).load(parentId)
}
