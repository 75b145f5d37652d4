import { BodyDocuments } from '../webhooks/body-documents-schema.ts'
import { checkDocuments } from '../webhooks/check-documents.ts'
import { jsonOption, readArguments } from './arguments.ts'
import { withDatabase } from './open-database.ts'

/** Some stored documents would not work with the schema. */
export class BrokenDocuments extends Error {
  override readonly name = 'BrokenDocuments'
}

/** `schema-check`: says which documents of webhook endpoints the schema of this version would break. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm run schema:check --',
    about: 'Checks the documents that shape webhooks, in all workspaces, against the schema of this version.',
    options: jsonOption,
  })
  if (values === undefined) return
  const { schema } = await import('../schema.ts')
  const documents = new BodyDocuments(schema)
  const { checked, broken } = await withDatabase(({ db }) => checkDocuments(db, documents.problem))
  if (values.json) process.stdout.write(`${JSON.stringify({ checked, broken })}\n`)
  else {
    for (const { subdomain, endpointId, name, problem } of broken) {
      process.stdout.write(`${subdomain}: endpoint ${endpointId} (${name}): ${problem}\n`)
    }
  }
  if (broken.length > 0) throw new BrokenDocuments(`${broken.length} of ${checked} documents would break`)
  if (!values.json) process.stdout.write(`All ${checked} documents work with this schema.\n`)
}
