import { type GraphQLSchema, Kind, type SelectionSetNode } from 'graphql'
import type { PreparedOperation } from './prepared-document.ts'

/** What a field of the root reads before any other statement of its operation is sent, wherever it stands in it. */
type LeadingRead = (contextValue: never) => Promise<void>

/** The leading reads that operations select: fields say theirs as `extensions: { leadingRead }`. */
export class LeadingReads {
  readonly #byField = new Map<string, LeadingRead>()
  readonly #known = new WeakMap<PreparedOperation, readonly LeadingRead[]>()

  constructor(schema: GraphQLSchema) {
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      const read = field.extensions.leadingRead as LeadingRead | undefined
      if (read !== undefined) this.#byField.set(field.name, read)
    }
  }

  /** What must be read, and awaited, before a query runs. What it skips by a directive counts as selected. */
  of(operation: PreparedOperation): readonly LeadingRead[] {
    const known = this.#known.get(operation)
    if (known !== undefined) return known
    const names = new Set<string>()
    if (operation.node.operation === 'query') collectNames(operation.node.selectionSet, operation, names, new Set())
    const reads = [...names].flatMap(name => this.#byField.get(name) ?? [])
    this.#known.set(operation, reads)
    return reads
  }
}

function collectNames(
  { selections }: SelectionSetNode,
  operation: PreparedOperation,
  names: Set<string>,
  seen: Set<string>,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) names.add(selection.name.value)
    else if (selection.kind === Kind.INLINE_FRAGMENT) collectNames(selection.selectionSet, operation, names, seen)
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value)
      const fragment = operation.fragments.find(({ name }) => name.value === selection.name.value)
      if (fragment !== undefined) collectNames(fragment.selectionSet, operation, names, seen)
    }
  }
}
