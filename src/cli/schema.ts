import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { readArguments } from './arguments.ts'

const file = resolve(import.meta.dirname, '../../schema/schema.graphql')

/** The committed schema is not the one that the code makes. */
export class StaleSchema extends Error {
  override readonly name = 'StaleSchema'
}

/** `schema`: prints the schema, sorted, into schema/schema.graphql. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm run schema --',
    about: 'Writes the schema, sorted, to schema/schema.graphql.',
    options: {
      check: { about: 'Write nothing; fail when the file is stale.' },
      stdout: { about: 'Print it instead.' },
      json: { about: 'Print as JSON whether the file was stale, or with --stdout the schema.' },
    },
  })
  if (values === undefined) return
  const { schema } = await import('../schema.ts')
  const text = `${printSchema(lexicographicSortSchema(schema))}\n`
  if (values.stdout) {
    process.stdout.write(values.json ? `${JSON.stringify({ schema: text })}\n` : text)
    return
  }
  const wasStale = (await readFile(file, 'utf8').catch(() => '')) !== text
  if (wasStale && !values.check) await writeFile(file, text)
  if (values.json) process.stdout.write(`${JSON.stringify({ wasStale })}\n`)
  if (wasStale && values.check) throw new StaleSchema('schema/schema.graphql is stale: run npm run schema')
}
