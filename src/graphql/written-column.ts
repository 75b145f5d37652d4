import type { GraphQLField } from 'graphql'

/** A column that is shown in another way of writing: what both engines need to know of it. */
export interface WrittenColumn {
  readonly column: string
  readonly write: (value: string) => string
}

/** What a field is declared with that shows one column, never null, as `write` has it. */
export function writtenColumn<Column extends string>(column: Column, write: (value: string) => string) {
  const written: WrittenColumn = { column, write }
  return {
    columns: [column],
    resolve: (row: Readonly<Record<Column, string>>) => write(row[column]),
    extensions: { writtenColumn: written },
  }
}

/** What a field was declared with by {@link writtenColumn}; undefined for others. */
export function writtenColumnOf(field: GraphQLField<unknown, unknown>): WrittenColumn | undefined {
  return field.extensions.writtenColumn as WrittenColumn | undefined
}
