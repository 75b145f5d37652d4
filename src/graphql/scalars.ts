import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { builder } from './builder.ts'

// Only the kind of value is checked here; the rules of what a person can mistype stand in shared/input.ts.
function onlyStrings(name: string) {
  const refuse = () => new GraphQLError(`${name} cannot represent a value that is not a string.`)
  return {
    serialize: (value: unknown) => value as string,
    parseValue(value: unknown): string {
      if (typeof value !== 'string') throw refuse()
      return value
    },
    parseLiteral(node: ValueNode): string {
      if (node.kind !== Kind.STRING) throw refuse()
      return node.value
    },
  }
}

builder.scalarType('Decimal', {
  description:
    'An exact decimal number as a string, such as "198.00". Amounts of money have the decimals of their currency.',
  ...onlyStrings('Decimal'),
})

builder.scalarType('DateTime', {
  description: 'A point in time as RFC 3339 in UTC with milliseconds, such as "2026-01-10T20:15:01.524Z".',
  ...onlyStrings('DateTime'),
})

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: value => value,
  parseValue: value => value,
})
