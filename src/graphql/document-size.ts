import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'

/** How large an operation is, fragments counted wherever they are spread. */
export interface DocumentSize {
  /** Levels of fields. */
  depth: number
  aliases: number
  directives: number
  /** Levels of lists and objects in literals. */
  nesting: number
  /** Fields, those below lists of an introspection many times. */
  weight: number
  /** Levels of fields from `__schema` or `__type` down, which count nowhere else. */
  introspectionDepth: number
  /** The weight of the fields from `__schema` and `__type` down. */
  introspectionWeight: number
}

const nothing: DocumentSize = {
  depth: 0,
  aliases: 0,
  directives: 0,
  nesting: 0,
  weight: 0,
  introspectionDepth: 0,
  introspectionWeight: 0,
}

// How many objects the lists of an introspection have, by and large.
const introspectionLists: Record<string, number> = {
  types: 100,
  fields: 10,
  inputFields: 10,
  enumValues: 10,
  possibleTypes: 10,
  directives: 10,
  args: 5,
  interfaces: 5,
}

/** Measures each operation of a document and gives the largest of each measure. */
export function measureDocument(document: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>()
  const operations: OperationDefinitionNode[] = []
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition)
  }
  const measure = new Measure(fragments)
  return operations.map(operation => measure.operation(operation)).reduce(larger, nothing)
}

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #sizes = new Map<string, DocumentSize>()

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments
  }

  operation({ selectionSet, directives = [], variableDefinitions = [] }: OperationDefinitionNode): DocumentSize {
    const defaults = variableDefinitions.flatMap(definition => definition.defaultValue ?? [])
    const all = [...directives, ...variableDefinitions.flatMap(definition => definition.directives ?? [])]
    return decorated(this.#selectionSet(selectionSet), all, defaults)
  }

  #selectionSet({ selections }: SelectionSetNode): DocumentSize {
    return selections.reduce((size, selection) => sum(size, this.#selection(selection)), nothing)
  }

  #selection(selection: SelectionNode): DocumentSize {
    switch (selection.kind) {
      case Kind.FIELD: {
        const values = selection.arguments?.map(argument => argument.value) ?? []
        return decorated(this.#field(selection), selection.directives, values)
      }
      case Kind.INLINE_FRAGMENT:
        return decorated(this.#selectionSet(selection.selectionSet), selection.directives)
      case Kind.FRAGMENT_SPREAD:
        return decorated(this.#fragment(selection.name.value), selection.directives)
    }
  }

  #field({ name: { value: name }, alias, selectionSet }: FieldNode): DocumentSize {
    const inside = selectionSet === undefined ? nothing : this.#selectionSet(selectionSet)
    const aliases = inside.aliases + (alias === undefined ? 0 : 1)
    const depth = inside.depth + 1
    const weight = 1 + (introspectionLists[name] ?? 1) * inside.weight
    // Only the name of a field tells an introspection: a fragment can be called `__schema` too.
    if (name !== '__schema' && name !== '__type') return { ...inside, aliases, depth, weight }
    return { ...inside, aliases, depth: 1, weight: 1, introspectionDepth: depth, introspectionWeight: weight }
  }

  // Measured once, however often it is spread. A cyclic one counts nothing inside itself: validation refuses it.
  #fragment(name: string): DocumentSize {
    const fragment = this.#fragments.get(name)
    const known = this.#sizes.get(name)
    if (known !== undefined || fragment === undefined) return known ?? nothing
    this.#sizes.set(name, nothing)
    const size = decorated(this.#selectionSet(fragment.selectionSet), fragment.directives)
    this.#sizes.set(name, size)
    return size
  }
}

function decorated(
  size: DocumentSize,
  directives: readonly (DirectiveNode | ConstDirectiveNode)[] = [],
  values: readonly ValueNode[] = [],
): DocumentSize {
  if (directives.length === 0 && values.length === 0) return size
  const all = [...values, ...directives.flatMap(({ arguments: given = [] }) => given.map(argument => argument.value))]
  return {
    ...size,
    directives: size.directives + directives.length,
    nesting: Math.max(size.nesting, ...all.map(nestingOf)),
  }
}

function nestingOf(value: ValueNode): number {
  switch (value.kind) {
    case Kind.LIST:
      return 1 + value.values.reduce((deepest, item) => Math.max(deepest, nestingOf(item)), 0)
    case Kind.OBJECT:
      return 1 + value.fields.reduce((deepest, field) => Math.max(deepest, nestingOf(field.value)), 0)
    default:
      return 0
  }
}

function sum(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    nesting: Math.max(a.nesting, b.nesting),
    weight: a.weight + b.weight,
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    introspectionWeight: a.introspectionWeight + b.introspectionWeight,
  }
}

function larger(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    nesting: Math.max(a.nesting, b.nesting),
    weight: Math.max(a.weight, b.weight),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    introspectionWeight: Math.max(a.introspectionWeight, b.introspectionWeight),
  }
}
