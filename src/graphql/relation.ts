import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Reads } from '../database/reads.ts'
import type { Context } from './context.ts'

/**
 * A bounded one-to-many relation: all children of many parents in one statement. `parentOf` gives a child's parent.
 */
export function children<Row>(
  load: (reads: Reads, parentIds: readonly string[]) => Promise<Row[]>,
  parentOf: (row: Row) => string,
): (context: Context, parentId: string) => Promise<Row[]> {
  const loader = createContextCache(
    (context: Context) =>
      new DataLoader<string, Row[]>(async parentIds => {
        const byParent = Map.groupBy(await load(context.reads, parentIds), parentOf)
        return parentIds.map(parentId => byParent.get(parentId) ?? [])
      }),
  )
  return (context, parentId) => loader(context).load(parentId)
}
