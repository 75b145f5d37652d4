import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import type { PreparedOperation } from './prepared-document.ts'
import type { VariableValues } from './variable-values.ts'

/** The name that stands for the type of every variable in a specialised document: values are coerced already. */
export const coercedValue = 'CoercedValue'

/** The variables that `@skip` and `@include` of an operation look at. */
export function conditionVariables({ node, fragments }: PreparedOperation): string[] {
  const names = new Set<string>()
  for (const definition of [node, ...fragments]) {
    visit(definition, {
      [Kind.DIRECTIVE](directive) {
        const value = directive.arguments?.find(argument => argument.name.value === 'if')?.value
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value)
      },
    })
  }
  return [...names].filter(name => node.variableDefinitions?.some(({ variable }) => variable.name.value === name))
}

/**
 * The document with this operation alone, for these values of the variables in `@skip` and `@include`: what they leave
 * out is gone, and so are they. Nodes are copies where the compiler would write on them.
 */
export function specialisedDocument(operation: PreparedOperation, values: VariableValues): DocumentNode {
  const select = (selection: SelectionNode) => {
    if (!isIncluded(selection.directives, values)) return null
    return { ...selection, directives: [] }
  }
  const edit = { [Kind.FIELD]: select, [Kind.INLINE_FRAGMENT]: select, [Kind.FRAGMENT_SPREAD]: select }
  const node: OperationDefinitionNode = visit(operation.node, edit)
  const variableDefinitions = node.variableDefinitions?.map(untyped) ?? []
  const fragments = operation.fragments.map(fragment => visit(fragment, edit))
  return { kind: Kind.DOCUMENT, definitions: [{ ...node, variableDefinitions }, ...fragments] }
}

function untyped({ kind, loc, variable }: VariableDefinitionNode): VariableDefinitionNode {
  const name = { kind: Kind.NAME, value: coercedValue } as const
  return { kind, ...(loc && { loc }), variable, type: { kind: Kind.NAMED_TYPE, name } }
}

function isIncluded(directives: readonly DirectiveNode[] = [], values: VariableValues): boolean {
  return directives.every(directive => {
    const value = directive.arguments?.find(argument => argument.name.value === 'if')?.value
    const condition =
      value?.kind === Kind.VARIABLE ? values[value.name.value] : value?.kind === Kind.BOOLEAN ? value.value : undefined
    if (directive.name.value === 'skip') return condition !== true
    return directive.name.value === 'include' ? condition === true : true
  })
}
