import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import * as v from 'valibot'
import type { DB } from '../database/tables.ts'
import { UserError } from '../shared/errors.ts'
import { coded, parseInput, requiredText } from '../shared/input.ts'
import { insertWorkspace, type WorkspaceRow } from './workspace-store.ts'

/** Another workspace has the subdomain. */
export class SubdomainTaken extends UserError {
  override readonly name = 'SubdomainTaken'
  readonly code = 'SUBDOMAIN_TAKEN'

  constructor(subdomain: string) {
    super(`There is a workspace ${subdomain} already.`, ['input', 'subdomain'])
  }
}

const currencies = new Set(Intl.supportedValuesOf('currency'))

const createWorkspaceInput = v.object({
  subdomain: v.pipe(
    v.string(),
    v.check(
      value => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value),
      coded('INVALID_SUBDOMAIN', 'Is not 1 to 63 lower-case letters, digits and inner hyphens.'),
    ),
  ),
  name: requiredText(255),
  currency: v.pipe(
    v.string(),
    v.check(
      value => currencies.has(value),
      coded('INVALID_CURRENCY', 'Is not a currency code of ISO 4217 such as USD.'),
    ),
  ),
})

/** Creates a workspace with an empty event log. Throws InvalidInput and SubdomainTaken. */
export async function createWorkspace(
  db: Kysely<DB>,
  rawInput: { subdomain: string; name: string; currency: string },
): Promise<WorkspaceRow> {
  const input = parseInput(createWorkspaceInput, rawInput)
  const epoch = randomBytes(6).toString('hex')
  const workspace = await insertWorkspace(db, { ...input, epoch })
  if (workspace === undefined) throw new SubdomainTaken(input.subdomain)
  return workspace
}
