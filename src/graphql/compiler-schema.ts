import {
  type GraphQLAbstractType,
  GraphQLEnumType,
  type GraphQLField,
  GraphQLInterfaceType,
  type GraphQLLeafType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  GraphQLString,
  isLeafType,
  type OperationTypeNode,
} from 'graphql'
import { scopeOf } from './scope-plugin.ts'
import { coercedValue } from './specialised-document.ts'
import { type WrittenColumn, writtenColumnOf } from './written-column.ts'

/**
 * The schema as graphql-jit sees it: a view, in which fields that only show a property of their row have no resolver. For
 * each call of a resolver the compiler makes closures, an info and a path, which is most of what a wide page costs.
 *
 * It also coerces variables by rules of its own, slightly other than graphql-js's. It gets them coerced, in a type that
 * leaves everything as it is.
 */
export function compilerSchema(schema: GraphQLSchema): GraphQLSchema {
  const views = new Map<GraphQLNamedType, GraphQLNamedType>()

  function named<Type extends GraphQLNamedType>(type: Type): Type {
    if (!(type instanceof GraphQLObjectType || type instanceof GraphQLInterfaceType)) return type
    const known = views.get(type)
    if (known !== undefined) return known as Type
    let fields: Record<string, GraphQLField<unknown, unknown>> | undefined
    const getFields = () => {
      fields ??= Object.fromEntries(
        Object.entries(type.getFields()).map(([name, field]) => [name, fieldOf(type, field)]),
      )
      return fields
    }
    const view = Object.create(type, { getFields: { value: getFields } })
    views.set(type, view)
    return view
  }

  function output(type: GraphQLOutputType, leaf: (type: GraphQLLeafType) => GraphQLLeafType): GraphQLOutputType {
    if (type instanceof GraphQLNonNull) return new GraphQLNonNull(output(type.ofType, leaf))
    if (type instanceof GraphQLList) return new GraphQLList(output(type.ofType, leaf))
    return isLeafType(type) ? leaf(type) : named(type)
  }

  const checkedTypes = new Map<GraphQLLeafType, GraphQLLeafType>()

  // With `disableLeafSerialization` the compiler takes what is of a specified scalar or an enum as it is. Not under another name.
  function checked(type: GraphQLLeafType): GraphQLLeafType {
    const known = checkedTypes.get(type)
    if (known !== undefined) return known
    const made = new GraphQLScalarType({ name: `Checked${type.name}`, serialize: value => type.serialize(value) })
    // To resolvers that look at what they return it goes by its own.
    made.toString = () => type.name
    checkedTypes.set(type, made)
    return made
  }

  // What a column holds is what its field shows, but for the names of enums.
  function trusted(type: GraphQLLeafType): GraphQLLeafType {
    return type instanceof GraphQLEnumType ? checked(type) : GraphQLString
  }

  function fieldOf(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> {
    // Where an area is entered the resolver checks the scope.
    if (scopeOf(field) !== undefined) return { ...field, type: output(field.type, checked) }
    const property = propertyOf(parent, field)
    if (property !== undefined) {
      return { ...field, type: output(field.type, trusted), name: property, resolve: undefined }
    }
    const written = writtenColumnOf(field)
    if (written === undefined) return { ...field, type: output(field.type, checked) }
    const leaf = writtenType(`${parent.name}_${field.name}`, written)
    return { ...field, type: new GraphQLNonNull(leaf), name: written.column, resolve: undefined }
  }

  const coerced = new GraphQLScalarType({ name: coercedValue, serialize: asIs, parseValue: asIs })
  return Object.create(schema, {
    getType: {
      value(name: string) {
        const type = schema.getType(name)
        return name === coercedValue ? coerced : type && named(type)
      },
    },
    getRootType: {
      value(operation: OperationTypeNode) {
        const type = schema.getRootType(operation)
        return type && named(type)
      },
    },
    getPossibleTypes: {
      value: (type: GraphQLAbstractType) => schema.getPossibleTypes(type).map(named),
    },
  })
}

/** The property of its parent that a field shows as it is; undefined when there is more to it. */
function propertyOf(
  parent: GraphQLNamedType,
  { name, extensions }: GraphQLField<unknown, unknown>,
): string | undefined {
  if (typeof extensions.pothosExposedField === 'string') return extensions.pothosExposedField
  // Connections are made whole: src/graphql/connection.ts.
  const isOfConnection = parent.name.endsWith('Connection') && (name === 'edges' || name === 'pageInfo')
  const isOfEdge = parent.name.endsWith('Edge') && name === 'node'
  return isOfConnection || isOfEdge ? name : undefined
}

function writtenType(name: string, { write }: WrittenColumn): GraphQLScalarType {
  return new GraphQLScalarType({ name, serialize: value => write(value as string) })
}

function asIs(value: unknown): unknown {
  return value
}
