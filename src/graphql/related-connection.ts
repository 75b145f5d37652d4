import type { ListedTable, Sort } from '../database/keyset.ts'
import { countRelated, type Relation, readRelatedPages } from '../database/related-keyset.ts'
import { type Connection, connectionOf } from './connection.ts'
import { type Context, perContext } from './context.ts'
import { Loader, loader } from './loader.ts'
import { type PageArgs, seekOf } from './page.ts'

/**
 * An unbounded one-to-many relation: the pages that fields with the same arguments ask of many parents are read in one
 * statement, and so are their counts.
 */
export function relatedConnection<Row extends { id: string }>(listed: ListedTable<Row>, relation: Relation) {
  const counts = loader(async (context, parents) => {
    const rows = await countRelated(context.reads, listed as ListedTable<never>, relation, parents)
    const byParent = new Map(rows.map(row => [row.parent, Number(row.count)]))
    return parent => byParent.get(parent) ?? 0
  })
  const pageLoaders = perContext(() => new Map<string, Loader<Connection<Row>>>())

  function pageLoader(context: Context, sort: Sort, args: PageArgs): Loader<Connection<Row>> {
    const { first, after, last, before } = args
    const loaders = pageLoaders(context)
    const key = JSON.stringify([sort.column, sort.descending, first, after, last, before])
    const known = loaders.get(key)
    if (known !== undefined) return known
    const { workspaceId } = context.reads
    const seek = seekOf(workspaceId, listed.table, sort, args)
    const made = new Loader<Connection<Row>>(context, async (_context, parents) => {
      const rows = await readRelatedPages(context.reads, listed, relation, seek, parents)
      const byParent = Map.groupBy(rows, row => row.parent)
      const count = (parent: string) => counts(context).load(parent)
      return parent =>
        connectionOf<Row>(workspaceId, listed.table, seek, byParent.get(parent) ?? [], () => count(parent))
    })
    loaders.set(key, made)
    return made
  }

  return (context: Context, parentId: string, sort: Sort, args: PageArgs): Promise<Connection<Row>> =>
    pageLoader(context, sort, args).load(parentId)
}
