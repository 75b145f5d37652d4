import * as fc from 'fast-check'
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql'

/** A document that asks for anything a schema has, and variables for it. */
export interface GeneratedDocument {
  text: string
  variables: Record<string, unknown>
}

/** Documents over a schema: aliases, fragments, conditions, literals, variables that are there, null or absent. */
export function generatedDocument(schema: GraphQLSchema): fc.Arbitrary<GeneratedDocument> {
  return fc.gen().map(g => {
    const writer = new Writer(schema, max => g(fc.nat, { max }))
    return writer.document()
  })
}

class Writer {
  readonly #schema: GraphQLSchema
  readonly #choose: (max: number) => number
  readonly #definitions: string[] = []
  readonly #fragments: { name: string; text: string; on: string }[] = []
  readonly #variables: Record<string, unknown> = {}
  #budget = 40

  constructor(schema: GraphQLSchema, choose: (max: number) => number) {
    this.#schema = schema
    this.#choose = choose
  }

  document(): GeneratedDocument {
    const query = this.#schema.getQueryType()
    if (!query) throw new Error('no query type')
    const body = this.#selectionSet(query, 0)
    const definitions = this.#definitions.length === 0 ? '' : `(${this.#definitions.join(', ')})`
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on} ${text}`)
    return { text: [`query Generated${definitions} ${body}`, ...fragments].join('\n'), variables: this.#variables }
  }

  #chance(oneIn: number): boolean {
    return this.#choose(oneIn - 1) === 0
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#choose(items.length - 1)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }

  #selectionSet(type: GraphQLCompositeType, depth: number): string {
    const length = 1 + this.#choose(3)
    const selections = Array.from({ length }, () => this.#selection(type, depth))
    return `{ ${selections.join(' ')} }`
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    if (isUnionType(type) || this.#chance(8)) return `__typename${this.#condition()}`
    if (depth < 5 && this.#chance(5)) return this.#inlineFragment(type, depth)
    if (depth < 5 && this.#chance(5)) return this.#spread(type, depth)
    return this.#field(type, depth)
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): string {
    const on = this.#pick(this.#overlapping(type))
    return `... on ${on.name}${this.#condition()} ${this.#selectionSet(on, depth + 1)}`
  }

  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const possible = isInterfaceType(type) ? [...this.#schema.getPossibleTypes(type)] : []
    const interfaces = 'getInterfaces' in type ? type.getInterfaces() : []
    return [type, ...possible, ...interfaces]
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const fitting = this.#fragments.filter(fragment => fragment.on === type.name)
    if (fitting.length > 0 && !this.#chance(3)) return `...${this.#pick(fitting).name}${this.#condition()}`
    const text = this.#selectionSet(type, depth + 1)
    const name = `F${this.#fragments.length}`
    this.#fragments.push({ name, text, on: type.name })
    return `...${name}${this.#condition()}`
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    if (isUnionType(type)) return '__typename'
    this.#budget -= 1
    const fields = Object.values(type.getFields()).filter(
      field => field.name !== 'wait' && (!isCompositeType(getNamedType(field.type)) || (depth < 6 && this.#budget > 0)),
    )
    if (fields.length === 0) return '__typename'
    const field = this.#pick(fields)
    const named = getNamedType(field.type)
    const alias = this.#chance(4) ? `${this.#pick(['a', 'b', 'constructor', 'data'])}${this.#choose(9)}: ` : ''
    const inside = isCompositeType(named) ? ` ${this.#selectionSet(named, depth + 1)}` : ''
    return `${alias}${field.name}${this.#arguments(field)}${this.#condition()}${inside}`
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter(arg => isRequired(arg) || this.#chance(2)).map(arg => this.#argument(arg))
    return given.length === 0 ? '' : `(${given.join(', ')})`
  }

  #argument(arg: GraphQLArgument): string {
    return `${arg.name}: ${this.#value(arg.type, 0, arg.defaultValue !== undefined)}`
  }

  #value(type: GraphQLInputType, depth: number, hasDefault: boolean): string {
    if (this.#chance(4)) return this.#variable(type, hasDefault)
    return this.#literal(type, depth)
  }

  #variable(type: GraphQLInputType, hasDefault: boolean): string {
    const name = `v${this.#definitions.length}`
    const nullable = getNullableType(type)
    // A nullable variable may stand in a required place that has a default.
    const declared = isNonNullType(type) && hasDefault && this.#chance(2) ? nullable : type
    const isNullable = !isNonNullType(declared)
    const ownDefault = this.#chance(3) ? ` = ${this.#literal(nullable, 2)}` : ''
    this.#definitions.push(`$${name}: ${declared}${ownDefault}`)
    const how = isNullable ? this.#choose(3) : ownDefault === '' ? 3 : this.#pick([0, 3])
    if (how === 1) this.#variables[name] = null
    if (how > 1) this.#variables[name] = this.#json(nullable, 0)
    return `$${name}`
  }

  #literal(type: GraphQLInputType, depth: number): string {
    const nullable = getNullableType(type)
    if (nullable === type && this.#chance(8)) return 'null'
    if (isListType(nullable)) {
      if (this.#chance(4)) return this.#literal(nullable.ofType, depth)
      return `[${Array.from({ length: this.#choose(2) }, () => this.#value(nullable.ofType, depth + 1, false)).join(', ')}]`
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(
        field => (isNonNullType(field.type) && field.defaultValue === undefined) || (depth < 3 && this.#chance(2)),
      )
      const members = fields.map(
        field => `${field.name}: ${this.#value(field.type, depth + 1, field.defaultValue !== undefined)}`,
      )
      return `{ ${members.join(', ')} }`
    }
    if (isEnumType(nullable)) return this.#pick(nullable.getValues()).name
    return JSON.stringify(this.#json(nullable, depth)).replace(/"(\w+)":/g, '$1: ')
  }

  #json(type: GraphQLInputType, depth: number): unknown {
    const nullable = getNullableType(type)
    if (nullable === type && this.#chance(8)) return null
    if (isListType(nullable)) {
      if (this.#chance(4)) return this.#json(nullable.ofType, depth)
      return Array.from({ length: this.#choose(2) }, () => this.#json(nullable.ofType, depth + 1))
    }
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(
        field => (isNonNullType(field.type) && field.defaultValue === undefined) || (depth < 3 && this.#chance(2)),
      )
      return Object.fromEntries(fields.map(field => [field.name, this.#json(field.type, depth + 1)]))
    }
    if (isEnumType(nullable)) return this.#pick(nullable.getValues()).name
    return this.#leaf(nullable.name)
  }

  #leaf(name: string): unknown {
    switch (name) {
      case 'Int':
        return this.#choose(9) - 2
      case 'Boolean':
        return this.#chance(2)
      case 'JSON':
        return this.#pick([{ a: [1, { b: null }] }, 'text', 5, []])
      case 'Decimal':
        return '12.50'
      default:
        return this.#pick(['text', '', 'secret', 'typed', 'ünï "q" \\ \u2028'])
    }
  }

  #condition(): string {
    if (!this.#chance(5)) return ''
    const directive = this.#chance(2) ? 'skip' : 'include'
    const type = 'Boolean'
    if (this.#chance(2)) return ` @${directive}(if: ${this.#chance(2)})`
    const name = `v${this.#definitions.length}`
    this.#definitions.push(`$${name}: ${type}${this.#chance(2) ? '!' : ` = ${this.#chance(2)}`}`)
    if (this.#definitions.at(-1)?.includes('!') || this.#chance(2)) this.#variables[name] = this.#chance(2)
    return ` @${directive}(if: $${name})`
  }
}

function isRequired(arg: GraphQLArgument): boolean {
  return isNonNullType(arg.type) && arg.defaultValue === undefined
}
