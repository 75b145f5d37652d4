import {
  type GraphQLField,
  type GraphQLFieldMap,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'

const defaultPageSize = 20

/** How many objects a page is asked for: as many as `first` or `last` say, 20 without. */
function pageSize(args: Record<string, unknown>): number {
  const size = args.first ?? args.last ?? defaultPageSize
  return typeof size === 'number' ? Math.max(size, 0) : defaultPageSize
}

const pageCost = (args: Record<string, unknown>) => ({ field: 1, multiplier: pageSize(args) })

const free = { field: 0, multiplier: 1 }

/**
 * Tells the cost calculation of @pothos/plugin-complexity what counts: objects. A connection costs its fields once for
 * each object of the page; scalars cost nothing. Connections that say a function of their own keep it; bounded lists say
 * their bound where they are declared.
 */
export function declareListCosts(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      if (isLeafType(getNamedType(field.type))) field.extensions = { ...field.extensions, complexity: free }
      const connection = connectionFields(field)
      if (connection === undefined || typeof field.extensions.complexity === 'function') continue
      field.extensions = { ...field.extensions, complexity: pageCost }
      // The connection has multiplied already.
      for (const name of ['edges', 'nodes']) {
        const list = connection[name]
        if (list !== undefined) list.extensions = { ...list.extensions, complexity: { field: 1, multiplier: 1 } }
      }
    }
  }
}

/** The arguments of a field that its cost depends on. */
export function costArguments(field: GraphQLField<unknown, unknown>): (argument: string) => boolean {
  const { complexity } = field.extensions
  if (complexity === pageCost) return argument => argument === 'first' || argument === 'last'
  return () => typeof complexity === 'function'
}

function connectionFields(field: GraphQLField<unknown, unknown>): GraphQLFieldMap<unknown, unknown> | undefined {
  const type = getNamedType(field.type)
  if (!isObjectType(type) || !field.args.some(arg => arg.name === 'first')) return undefined
  const fields = type.getFields()
  return 'pageInfo' in fields && ('edges' in fields || 'nodes' in fields) ? fields : undefined
}
