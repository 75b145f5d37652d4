import type { Sort } from '../database/keyset.ts'
import { builder } from './builder.ts'

/**
 * An enum of the orders that a list can be read in, `CREATED_AT_DESC` and so on, and what each means.
 * Lists that name none are read newest first.
 */
export function sortEnum(name: string, columns: Record<string, string>) {
  const sorts = new Map<string, Sort>()
  const values: Record<string, { value: string; description: string }> = {}
  for (const [sort, column] of Object.entries(columns)) {
    for (const [suffix, descending] of [
      ['ASC', false],
      ['DESC', true],
    ] as const) {
      const value = `${sort}_${suffix}`
      sorts.set(value, { column, descending })
      values[value] = { value, description: `By \`${fieldOf(column)}\`, ${descending ? 'largest' : 'smallest'} first.` }
    }
  }
  const type = builder.enumType(name, {
    description: 'The order of a list; objects that are equal in it stand in the order of their ids.',
    values: values as { [Value in string]: { value: string; description: string } } & readonly string[],
  })
  const newestFirst: Sort = { column: 'created_at', descending: true }
  const sortOf = (value: string | null | undefined): Sort => sorts.get(value ?? 'CREATED_AT_DESC') ?? newestFirst
  return { type, sortOf }
}

function fieldOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
