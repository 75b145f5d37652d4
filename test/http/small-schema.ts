import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFieldConfig,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  Kind,
} from 'graphql'
import { DatabaseOverloaded } from '../../src/database/shared-connections.ts'

interface Context {
  actor: { name: string }
}

/** What resolvers of the small schema are asked to throw, by name. */
export const throwables: Record<string, () => unknown> = {
  secret: () => new Error('password=hunter2'),
  typed: () => new GraphQLError('No such thing.', { extensions: { code: 'FORBIDDEN', scope: 'x' } }),
  untyped: () => new GraphQLError('password=hunter2'),
  wrapped: () => new GraphQLError('password=hunter2', { originalError: new Error('password=hunter2') }),
  overloaded: () => new DatabaseOverloaded('password=hunter2'),
  away: () => Object.assign(new Error('connect ECONNREFUSED hunter2'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  cut: () => new Error('Connection terminated unexpectedly'),
  timeout: () => Object.assign(new Error('canceling statement hunter2'), { code: '57014' }),
  string: () => 'password=hunter2',
  nothing: () => undefined,
  nullProto: () => Object.create(null),
}

const strict = <T extends GraphQLScalarType | GraphQLObjectType | GraphQLEnumType | GraphQLInputObjectType>(type: T) =>
  new GraphQLNonNull(type)

const Decimal = new GraphQLScalarType({
  name: 'Decimal',
  serialize: value => value,
  parseValue(value) {
    if (typeof value !== 'string') throw new GraphQLError('Decimal cannot represent a value that is not a string.')
    return value
  },
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw new GraphQLError('Decimal cannot represent a value that is not a string.')
    return node.value
  },
})

const Json = new GraphQLScalarType({ name: 'JSON' })

const Color = new GraphQLEnumType({
  name: 'Color',
  values: { RED: { value: 'red' }, DARK_BLUE: { value: 'dark-blue' }, NULLISH: { value: { column: 'x' } } },
})

const Line = new GraphQLInputObjectType({
  name: 'Line',
  fields: {
    quantity: { type: strict(GraphQLInt) },
    amount: { type: Decimal },
    color: { type: Color, defaultValue: 'red' },
    note: { type: GraphQLString },
    tags: { type: new GraphQLList(strict(GraphQLString)) },
  },
})

const OrderInput = new GraphQLInputObjectType({
  name: 'OrderInput',
  fields: () => ({
    lineItems: { type: new GraphQLList(strict(Line)) },
    size: { type: strict(GraphQLInt), defaultValue: 3 },
    color: { type: Color },
    extra: { type: Json },
  }),
})

const Named = new GraphQLInterfaceType({
  name: 'Named',
  fields: { name: { type: GraphQLString } },
  resolveType: (value: { kind: string }) => value.kind,
})

interface ItemValue {
  kind: string
  name: string
  index: number
}

const item = (index: number): ItemValue => ({ kind: index % 2 === 0 ? 'Item' : 'Other', name: `n${index}`, index })

// biome-ignore lint/suspicious/noExplicitAny: it is a field of every type
const failing: GraphQLFieldConfig<any, unknown> = {
  type: GraphQLString,
  args: { what: { type: GraphQLString, defaultValue: 'secret' }, late: { type: GraphQLBoolean } },
  async resolve(_source, { what, late }) {
    if (late) await new Promise(setImmediate)
    throw throwables[what]?.()
  },
}

const Item: GraphQLObjectType<ItemValue> = new GraphQLObjectType<ItemValue>({
  name: 'Item',
  interfaces: [Named],
  fields: () => ({
    name: { type: GraphQLString },
    index: { type: strict(GraphQLInt) },
    sum: {
      type: GraphQLInt,
      args: { plus: { type: GraphQLInt, defaultValue: 1 }, color: { type: Color } },
      resolve: (source: ItemValue, args) => source.index + (args.plus ?? 0) + (args.color === 'red' ? 1000 : 0),
    },
    fails: failing,
    mustFail: { ...failing, type: strict(GraphQLString) },
    nothing: { type: strict(GraphQLString), resolve: () => null },
    items: { type: connection, args: pageArgs, resolve: listItems },
    child: { type: Item, resolve: async (source: ItemValue) => item(source.index + 2) },
    named: { type: new GraphQLList(Named), resolve: () => [item(0), item(1)] },
  }),
})

const Other = new GraphQLObjectType({
  name: 'Other',
  interfaces: [Named],
  fields: () => ({
    name: { type: GraphQLString },
    other: { type: GraphQLString, resolve: () => 'other' },
    item: { type: Item, resolve: () => item(4) },
  }),
})

const edge = new GraphQLObjectType({
  name: 'ItemEdge',
  fields: { cursor: { type: GraphQLString }, node: { type: strict(Item) } },
})

const pageInfo = new GraphQLObjectType({ name: 'PageInfo', fields: { hasNextPage: { type: GraphQLBoolean } } })

const connection = new GraphQLObjectType({
  name: 'ItemConnection',
  fields: {
    edges: { type: new GraphQLList(strict(edge)) },
    pageInfo: { type: strict(pageInfo) },
    totalCount: { type: GraphQLInt, resolve: async () => 7 },
  },
})

const pageArgs = { first: { type: GraphQLInt }, last: { type: GraphQLInt }, after: { type: GraphQLString } }

function listItems(_source: unknown, args: { first?: number | null; last?: number | null }) {
  const size = Math.min(args.first ?? args.last ?? 20, 5)
  const nodes = Array.from({ length: Math.max(size, 0) }, (_, index) => item(index * 2))
  return { edges: nodes.map(node => ({ cursor: `c${node.index}`, node })), pageInfo: { hasNextPage: true } }
}

/** How often the mutation has run. */
export const effects = { count: 0 }

/** The streams that are open, and how many values all of them have given. */
export const streams = { open: 0, given: 0 }

class Ticks {
  readonly #length: number
  readonly #size: number
  readonly #everyMs: number
  readonly #failAt: number
  #given = 0
  #stop: (() => void) | undefined
  #isDone = false

  constructor(length: number, size: number, everyMs: number, failAt: number) {
    this.#length = length
    this.#size = size
    this.#everyMs = everyMs
    this.#failAt = failAt
    streams.open += 1
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#everyMs > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, this.#everyMs)
        this.#stop = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    if (this.#isDone || this.#given >= this.#length) return this.return()
    this.#given += 1
    streams.given += 1
    if (this.#given === this.#failAt) {
      await this.return()
      throw new Error('password=hunter2')
    }
    return { done: false, value: { tick: { index: this.#given, text: 'x'.repeat(this.#size) } } }
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#isDone) streams.open -= 1
    this.#isDone = true
    this.#stop?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

const Tick = new GraphQLObjectType({
  name: 'Tick',
  fields: { index: { type: GraphQLInt }, text: { type: GraphQLString }, fails: failing },
})

const echoArgs = {
  text: { type: GraphQLString, defaultValue: 'none' },
  number: { type: GraphQLInt },
  must: { type: strict(GraphQLInt), defaultValue: 7 },
  color: { type: Color },
  input: { type: OrderInput },
  list: { type: new GraphQLList(GraphQLInt) },
  json: { type: Json },
  amount: { type: Decimal },
}

// The order of arguments is nobody's business.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]))
}

const waiting = new Set<() => void>()

/** Lets the queries go on that wait. */
export function release(): void {
  for (const go of waiting) go()
  waiting.clear()
}

/** How many queries wait. */
export function waitingQueries(): number {
  return waiting.size
}

/** A schema that shows what arrives, fails in every way, and has lists in lists and streams. */
export function smallSchema(): GraphQLSchema {
  return new GraphQLSchema({
    types: [Item, Other],
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        hello: { type: strict(GraphQLString), resolve: () => 'world' },
        echo: { type: GraphQLString, args: echoArgs, resolve: (_source, args) => JSON.stringify(sorted(args)) },
        who: { type: GraphQLString, resolve: (_source, _args, context) => (context as Context).actor.name },
        item: {
          type: Item,
          args: { index: { type: strict(GraphQLInt) } },
          resolve: (_source, args) => item(args.index),
        },
        items: { type: connection, args: pageArgs, resolve: listItems },
        named: { type: new GraphQLList(Named), resolve: async () => [item(0), null, item(1), item(2)] },
        fails: failing,
        mustFail: { ...failing, type: strict(GraphQLString) },
        wrongInt: { type: GraphQLInt, resolve: () => 'hunter2' },
        info: {
          type: GraphQLString,
          args: { text: { type: GraphQLString } },
          resolve: (_source, _args, _context, info) =>
            JSON.stringify({
              field: info.fieldName,
              path: info.path.key,
              type: String(info.returnType),
              parent: info.parentType.name,
              nodes: info.fieldNodes.length,
              variables: sorted(info.variableValues),
              operation: info.operation.name?.value,
            }),
        },
        wait: { type: GraphQLString, resolve: () => new Promise(resolve => waiting.add(() => resolve('waited'))) },
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        act: {
          type: GraphQLInt,
          args: { input: { type: OrderInput } },
          resolve() {
            effects.count += 1
            return effects.count
          },
        },
        fails: failing,
      },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        tick: {
          type: strict(Tick),
          args: {
            length: { type: GraphQLInt, defaultValue: 3 },
            size: { type: GraphQLInt, defaultValue: 1 },
            everyMs: { type: GraphQLInt, defaultValue: 0 },
            failAt: { type: GraphQLInt, defaultValue: 0 },
          },
          subscribe: (_source, { length, size, everyMs, failAt }) => new Ticks(length, size, everyMs, failAt),
        },
        refused: {
          type: GraphQLString,
          args: { what: { type: GraphQLString, defaultValue: 'typed' } },
          subscribe(_source, { what }) {
            throw throwables[what]?.()
          },
        },
      },
    }),
  })
}
