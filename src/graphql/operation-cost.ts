import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type GraphQLError, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { costArguments } from './list-costs.ts'
import { limitError } from './operation-limits.ts'
import type { PreparedOperation } from './prepared-document.ts'
import type { VariableValues } from './variable-values.ts'

/**
 * What an operation may cost: one for each object it can ask for, every list at its bound. 100 orders with contact, 100
 * line items with variant and price, and 20 invoices with 100 line items each are 440,000; three lists of 100 inside each
 * other are more than 1,000,000.
 */
const maxCost = 500_000

// Costs of one operation that are remembered, by the page sizes it was asked for.
const maxRemembered = 20

interface KnownCosts {
  /** The variables that change the cost. */
  variables: readonly string[]
  costs: Map<string, number>
}

/** What operations cost, by @pothos/plugin-complexity over their arguments. */
export class OperationCosts {
  readonly #schema: GraphQLSchema
  readonly #known = new WeakMap<PreparedOperation, KnownCosts>()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  /** The refusal of an operation that costs too much. `given` are the variables as they came, `values` as coerced. */
  refusal(operation: PreparedOperation, given: VariableValues, values: VariableValues): GraphQLError | undefined {
    const cost = this.#cost(operation, given, values)
    // Not `>`: a cost that is no number is none that fits.
    return cost <= maxCost ? undefined : limitError('COST_LIMIT', `The query costs ${cost}, more than ${maxCost}.`)
  }

  #cost(operation: PreparedOperation, given: VariableValues, values: VariableValues): number {
    const known = this.#known.get(operation) ?? this.#learn(operation)
    const key = known.variables.length === 0 ? '' : keyOf(known.variables, values)
    const remembered = known.costs.get(key)
    if (remembered !== undefined) return remembered
    const cost = this.#calculate(operation, given)
    if (known.costs.size >= maxRemembered) known.costs.clear()
    known.costs.set(key, cost)
    return cost
  }

  #calculate(operation: PreparedOperation, given: VariableValues): number {
    const document = { kind: Kind.DOCUMENT, definitions: [operation.node, ...operation.fragments] } as const
    return complexityFromQuery(document, { schema: this.#schema, variables: { ...given }, ctx: {} }).complexity
  }

  #learn(operation: PreparedOperation): KnownCosts {
    const known = { variables: costVariables(this.#schema, operation), costs: new Map<string, number>() }
    this.#known.set(operation, known)
    return known
  }
}

// An absent variable is not a null one: only the absent one leaves an argument its default.
function keyOf(variables: readonly string[], values: VariableValues): string {
  return JSON.stringify(variables.map(name => (Object.hasOwn(values, name) ? [values[name]] : [])))
}

function costVariables(schema: GraphQLSchema, { node, fragments }: PreparedOperation): string[] {
  const names = new Set<string>()
  const types = new TypeInfo(schema)
  const collect = visitWithTypeInfo(types, {
    [Kind.FIELD]({ arguments: given = [] }) {
      const field = types.getFieldDef()
      if (!field) return
      const matters = costArguments(field)
      for (const argument of given.filter(({ name }) => matters(name.value))) {
        visit(argument.value, { [Kind.VARIABLE]: variable => void names.add(variable.name.value) })
      }
    },
  })
  for (const definition of [node, ...fragments]) visit(definition, collect)
  return [...names].filter(name => node.variableDefinitions?.some(({ variable }) => variable.name.value === name))
}
