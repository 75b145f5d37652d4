import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, validateSchema } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'

const types = Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__'))

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([])
})

test('everything is described', () => {
  const bare: string[] = []
  const check = (name: string, description: string | null | undefined) => {
    if (!description?.trim()) bare.push(name)
  }
  for (const type of types) {
    check(type.name, type.description)
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description)
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field.description)
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field.description)
        for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name})`, argument.description)
      }
    }
  }
  expect(bare).toEqual([])
})

test('every root field and every relation into another area has its scope', () => {
  const open = ['node', 'nodes', 'workspace', 'viewer', 'eventCursor']
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const unscoped = roots.flatMap(root =>
    Object.values(root?.getFields() ?? {}).flatMap(field => {
      const options = (field.extensions as { pothosOptions?: { scope?: string } }).pothosOptions
      return options?.scope === undefined && !open.includes(field.name) ? [`${root?.name}.${field.name}`] : []
    }),
  )
  expect(unscoped).toEqual([])
})
