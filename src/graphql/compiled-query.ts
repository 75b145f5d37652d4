import {
  defaultFieldResolver,
  defaultTypeResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  TypeNameMetaFieldDef,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import { type Complete, type Data, LeftToGraphql, QueryRun, valueOrPlace } from './query-run.ts'
import type { PreparedOperation } from './prepared-document.ts'
import type { VariableValues } from './variable-values.ts'

/** Runs a query: its data. Throws or rejects when graphql-js is to run it, above all for everything that is an error. */
export type CompiledQuery = (contextValue: unknown, values: VariableValues) => Promise<Data>

/**
 * Makes functions of what a query selects: what graphql-js finds out for each object is found out once, and errors, which
 * it can place, are left to it. `values` decide about `@skip` and `@include`, and so must those of every run.
 */
export function compileQuery(
  schema: GraphQLSchema,
  operation: PreparedOperation,
  values: VariableValues,
): CompiledQuery {
  const type = schema.getQueryType()
  if (!type) throw new LeftToGraphql('there is nothing to query')
  const compiler = new Compiler(schema, operation, values)
  const root = compiler.root(type)
  return (contextValue, given) => new QueryRun(contextValue, given).start(run => root(run, undefined))
}

type CompleteObject = (run: QueryRun, source: unknown) => Data

interface Field {
  responseName: string
  resolve: GraphQLFieldResolver<unknown, unknown>
  args: ((run: QueryRun) => Record<string, unknown>) | undefined
  info: GraphQLResolveInfo
  complete: Complete
}

const noArgs = Object.freeze({})

class Compiler {
  readonly #schema: GraphQLSchema
  readonly #operation: PreparedOperation
  readonly #fragments: Record<string, FragmentDefinitionNode>
  readonly #values: Record<string, unknown>

  constructor(schema: GraphQLSchema, operation: PreparedOperation, values: VariableValues) {
    this.#schema = schema
    this.#operation = operation
    this.#fragments = Object.fromEntries(operation.fragments.map(fragment => [fragment.name.value, fragment]))
    this.#values = { ...values }
  }

  root(type: GraphQLObjectType): CompleteObject {
    const { selectionSet } = this.#operation.node
    return this.#fields(type, collectFields(this.#schema, this.#fragments, this.#values, type, selectionSet))
  }

  #fields(type: GraphQLObjectType, nodes: Map<string, readonly FieldNode[]>): CompleteObject {
    const fields = [...nodes].map(([responseName, same]) => this.#field(type, responseName, same))
    return (run, source) => {
      const data: Data = {}
      for (const { responseName, resolve, args, info, complete } of fields) {
        const value = resolve(source, args === undefined ? noArgs : args(run), run.contextValue, info)
        data[responseName] = valueOrPlace(run, value, complete, data, responseName)
      }
      return data
    }
  }

  #field(parentType: GraphQLObjectType, responseName: string, nodes: readonly FieldNode[]): Field {
    const [node] = nodes
    const name = node?.name.value ?? ''
    const field = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parentType.getFields()[name]
    if (node === undefined || field === undefined) throw new LeftToGraphql(`${name} is about the schema`)
    const info = this.#info(parentType, name, field.type, nodes)
    const readArgs = (run: QueryRun) => run.argsOf(info, () => getArgumentValues(field, node, run.values))
    return {
      responseName,
      resolve: field.resolve ?? defaultFieldResolver,
      args: field.args.length === 0 ? undefined : readArgs,
      info,
      complete: this.#complete(field.type, nodes, info),
    }
  }

  // What few resolvers ask for would cost all of them.
  #info(
    parentType: GraphQLObjectType,
    fieldName: string,
    returnType: GraphQLOutputType,
    fieldNodes: readonly FieldNode[],
  ): GraphQLResolveInfo {
    return {
      fieldName,
      fieldNodes,
      returnType,
      parentType,
      schema: this.#schema,
      fragments: this.#fragments,
      rootValue: undefined,
      operation: this.#operation.node,
      get path(): never {
        throw new LeftToGraphql('the path is asked for')
      },
      get variableValues(): never {
        throw new LeftToGraphql('the variables are asked for')
      },
    }
  }

  #complete(type: GraphQLOutputType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): Complete {
    if (!isNonNullType(type)) {
      const complete = this.#value(type, nodes, info)
      return (run, value) => (value == null ? null : complete(run, value))
    }
    const complete = this.#value(type.ofType, nodes, info)
    return (run, value) => {
      if (value == null) throw new LeftToGraphql('null where nothing may be null')
      return complete(run, value)
    }
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): Complete {
    if (isLeafType(type)) return completeLeaf(type)
    if (isListType(type)) return completeList(this.#complete(type.ofType, nodes, info))
    if (isObjectType(type)) return this.#object(type, nodes, info)
    if (isAbstractType(type)) return this.#abstract(type, nodes, info)
    throw new LeftToGraphql(`${type} is no type of a value`)
  }

  #object(type: GraphQLObjectType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): Complete {
    const { isTypeOf } = type
    const fields = collectSubfields(this.#schema, this.#fragments, this.#values, type, nodes)
    const complete = this.#fields(type, fields)
    return (run, value) => {
      if (value instanceof Error) throw value
      if (isTypeOf && isTypeOf(value, run.contextValue, info) !== true) throw new LeftToGraphql('another type')
      return complete(run, value)
    }
  }

  #abstract(type: GraphQLAbstractType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): Complete {
    const resolveType = type.resolveType ?? defaultTypeResolver
    const objects = new Map(
      this.#schema.getPossibleTypes(type).map(object => [object.name, this.#object(object, nodes, info)]),
    )
    return (run, value) => {
      if (value instanceof Error) throw value
      const name = resolveType(value, run.contextValue, info, type)
      const complete = typeof name === 'string' ? objects.get(name) : undefined
      if (complete === undefined) throw new LeftToGraphql('the type is not known at once')
      return complete(run, value)
    }
  }
}

function completeLeaf(type: GraphQLLeafType): Complete {
  return (_run, value) => {
    if (value instanceof Error) throw value
    const serialized = type.serialize(value)
    if (serialized == null) throw new LeftToGraphql('a value that is none')
    return serialized
  }
}

function completeList(complete: Complete): Complete {
  return (run, value) => {
    if (!Array.isArray(value)) throw new LeftToGraphql('no array')
    const list: unknown[] = []
    for (let index = 0; index < value.length; index += 1) {
      list[index] = valueOrPlace(run, value[index], complete, list, index)
    }
    return list
  }
}
