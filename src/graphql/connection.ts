import type { ObjectRef } from '@pothos/core'
import type { RawBuilder } from 'kysely'
import { countRows, readPage, type Seek, type Sort } from '../database/keyset.ts'
import type { ListedTable } from '../database/listed-table.ts'
import { builder, type FieldArgs } from './builder.ts'
import type { Context } from './context.ts'
import { encodeCursor, type PageArgs, seekOf } from './page.ts'

/** A page of a list as Relay has it. */
export interface Connection<Row> {
  edges: { cursor: string; node: Row }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  /** Counts only when it is selected. */
  totalCount: () => Promise<number>
}

/** An object in a list; its cursor is made only where it is selected. */
class Edge<Row extends { id: string }> {
  readonly node: Row
  readonly #cursorOf: (row: Row) => string

  constructor(node: Row, cursorOf: (row: Row) => string) {
    this.node = node
    this.#cursorOf = cursorOf
  }

  get cursor(): string {
    return this.#cursorOf(this.node)
  }
}

/** The page that the rows of a stretch make: `rows` in reading order, at most one more than the page. */
export function connectionOf<Row extends { id: string }>(
  workspaceId: string,
  list: string,
  seek: Seek,
  rows: Row[],
  totalCount: () => Promise<number>,
): Connection<Row> {
  const hasMore = rows.length === seek.limit
  const page = hasMore ? rows.slice(0, -1) : rows
  if (seek.backward) page.reverse()
  const cursorOf = (row: Row) => encodeCursor(workspaceId, list, seek.sort, row as Record<string, unknown>)
  const edges = page.map(node => new Edge(node, cursorOf))
  return {
    edges,
    pageInfo: {
      hasNextPage: seek.backward ? seek.beyond !== undefined : hasMore,
      hasPreviousPage: seek.backward ? hasMore : seek.beyond !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
    totalCount,
  }
}

/** One page of a root list. */
export async function readConnection<Row extends { id: string }>(
  context: Context,
  listed: ListedTable<Row>,
  sort: Sort,
  args: PageArgs,
  conditions: readonly RawBuilder<unknown>[],
): Promise<Connection<Row>> {
  const { reads } = context
  const seek = seekOf(reads.workspaceId, listed.table, sort, args)
  const rows = await readPage(reads, listed, seek, conditions)
  return connectionOf(reads.workspaceId, listed.table, seek, rows, () =>
    countRows(reads, listed as ListedTable<never>, conditions),
  )
}

/** The connection and edge types of a list. */
export function connectionType<Row>(name: string, type: ObjectRef<typeof builder.$inferSchemaTypes, Row>) {
  return builder.connectionObject(
    {
      type,
      name: `${name}Connection`,
      description: `A page of a list of ${name} objects.`,
      fields: t => ({
        totalCount: t.int({
          description: 'How many objects the whole list has; counted only when it is selected.',
          resolve: connection => (connection as unknown as Connection<Row>).totalCount(),
        }),
      }),
    },
    { name: `${name}Edge`, description: `One ${name} in a list, with its place.` },
  )
}

/** Relay's paging arguments for a field. */
export function pageArgs(t: FieldArgs) {
  return {
    first: t.arg.int({ description: 'How many from the beginning on, at most 100; default 20.' }),
    after: t.arg.string({ description: 'Continue after this cursor.' }),
    last: t.arg.int({ description: 'How many from the end back, at most 100.' }),
    before: t.arg.string({ description: 'Continue before this cursor.' }),
  }
}
