import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runBoth } from './both-engines.ts'
import { generatedDocument } from './generated-document.ts'
import { smallSchema } from './small-schema.ts'

const schema = smallSchema()

test('generated documents give the same in both engines', async () => {
  let compared = 0
  let compiled = 0
  await fc.assert(
    fc.asyncProperty(generatedDocument(schema), async ({ text, variables }) => {
      const both = await runBoth(schema, text, variables)
      if (both === undefined) return
      compared += 1
      if (both.compiled === undefined) return
      compiled += 1
      expect(both.compiled.data).toBe(both.graphql.data)
      expect(both.compiled.errors).toEqual(both.graphql.errors)
    }),
    { numRuns: 2_000 },
  )
  console.log(compared, compiled)
})
