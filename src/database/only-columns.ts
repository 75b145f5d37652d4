import {
  ColumnNode,
  type KyselyPlugin,
  type OperationNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  ReferenceNode,
  type RootOperationNode,
  type SelectionNode,
  SelectQueryNode,
  type UnknownRow,
} from 'kysely'

/** Leaves out of what a query selects the columns that are not among these; one stays in any case. */
export class OnlyColumns implements KyselyPlugin {
  readonly #columns: ReadonlySet<string>

  constructor(columns: ReadonlySet<string>) {
    this.#columns = columns
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (!SelectQueryNode.is(node) || node.selections === undefined) return node
    const kept = node.selections.filter(selection => this.#isKept(selection))
    return { ...node, selections: kept.length > 0 ? kept : node.selections.slice(0, 1) }
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }

  #isKept({ selection }: SelectionNode): boolean {
    const name = nameOf(selection)
    return name === undefined || this.#columns.has(name)
  }
}

// Undefined when it is no plain column: what has an alias may be what the query is ordered by.
function nameOf(selection: OperationNode): string | undefined {
  if (ReferenceNode.is(selection)) return nameOf(selection.column)
  return ColumnNode.is(selection) ? selection.column.name : undefined
}
