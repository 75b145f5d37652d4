import { Kind, visit } from 'graphql'
import type { PreparedOperation } from './prepared-document.ts'

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
