import type { Reads } from '../database/reads.ts'
import type { Context } from './context.ts'
import { loader } from './loader.ts'

/**
 * A bounded one-to-many relation: all children of many parents in one statement. `parentOf` gives a child's parent.
 */
export function children<Row>(
  load: (reads: Reads, parentIds: readonly string[]) => Promise<Row[]>,
  parentOf: (row: Row) => string,
): (context: Context, parentId: string) => Promise<Row[]> {
  const childrenOf = loader(async (context, parentIds) => {
    const byParent = Map.groupBy(await load(context.reads, parentIds), parentOf)
    return parentId => byParent.get(parentId) ?? []
  })
  return (context, parentId) => childrenOf(context).load(parentId)
}
