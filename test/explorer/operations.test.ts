import { readdirSync, readFileSync } from 'node:fs'
import { Kind, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'

const directory = 'schema/operations'
const files = readdirSync(directory)

test('there is one for each step of the story', () => {
  const steps = files.map(file => /^# Step (\d) of 7: /.exec(readFileSync(`${directory}/${file}`, 'utf8'))?.[1])
  expect(steps.toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
})

describe.each(files)('%s', file => {
  const text = readFileSync(`${directory}/${file}`, 'utf8')
  const document = parse(text)

  test('is valid', () => {
    expect(validate(schema, document)).toEqual([])
  })

  test('holds one operation with the name of the file', () => {
    const names = document.definitions.map(definition =>
      definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : definition.kind,
    )
    const pascal = file
      .replace(/\.graphql$/, '')
      .replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
    expect(names).toEqual([pascal])
  })

  test('begins with what it is for, in lines that fit the editor', () => {
    const comment = text.split('\n').filter(line => line.startsWith('#'))
    expect(text.startsWith(comment.join('\n'))).toBe(true)
    expect(comment.length).toBeGreaterThanOrEqual(2)
    expect(comment.filter(line => line.length > 48)).toEqual([])
  })
})

test('what the page looks up is valid', () => {
  const document = parse(readFileSync('src/http/explorer/page/panel.graphql', 'utf8'))
  expect(validate(schema, document)).toEqual([])
})
