import { type GraphQLField, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { SelectedColumns } from '../database/selected-columns.ts'
import { tableOf } from './node.ts'
import type { PreparedOperation } from './prepared-document.ts'

interface ColumnOptions {
  columns?: readonly string[]
  loadedColumns?: Readonly<Record<string, readonly string[]>>
}

/** The columns that the fields of an operation look at, of each table. */
export function operationColumns(schema: GraphQLSchema, operation: PreparedOperation): SelectedColumns {
  const byTable = new Map<string, Set<string>>()
  const whole = new Set<string>()
  const add = (table: string, columns: Iterable<string>) => {
    const selected = byTable.get(table) ?? new Set()
    for (const column of columns) selected.add(column)
    byTable.set(table, selected)
  }
  const types = new TypeInfo(schema)
  const collect = visitWithTypeInfo(types, {
    [Kind.FIELD]({ name }) {
      const field = types.getFieldDef()
      if (!field || name.value === '__typename') return
      const { loadedColumns } = (field.extensions.pothosOptions ?? {}) as ColumnOptions
      for (const [table, columns] of Object.entries(loadedColumns ?? {})) add(table, columns)
      const table = tableOf(types.getParentType()?.name ?? '')
      if (table === undefined) return
      const columns = columnsOf(field)
      if (columns === undefined) whole.add(table)
      else add(table, columns)
    },
  })
  for (const definition of [operation.node, ...operation.fragments]) visit(definition, collect)
  for (const table of whole) byTable.delete(table)
  return new SelectedColumns(byTable)
}

function columnsOf({ extensions }: GraphQLField<unknown, unknown>): readonly string[] | undefined {
  const { columns } = (extensions.pothosOptions ?? {}) as ColumnOptions
  const exposed = extensions.pothosExposedField
  return columns ?? (typeof exposed === 'string' ? [exposed] : undefined)
}
