import type { Transaction } from 'kysely'
import type { DB } from '../database/tables.ts'
import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { priceIdsOfVariant } from './price-store.ts'
import { variantPropertiesOf } from './product.ts'
import { holdProduct } from './product-store.ts'
import { matchProperties, propertiesValuesOf } from './variant.ts'
import { variantSnapshot } from './variant-body.ts'
import { updateVariantInput, variantMembers } from './variant-input.ts'
import { lockVariant, readVariant, type VariantRow, writeVariant } from './variant-store.ts'

const members = [...variantMembers, 'name', 'archived'] as const

/**
 * Updates a variant and returns its id: absent leaves, null clears; given values of properties take the place of all
 * it had. Throws InvalidInput.
 */
export function updateVariant(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(updateVariantInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'updateVariant', input, async (trx, changes) => {
    const found = await readVariant(trx, workspaceId, input.id)
    if (found === undefined) throw notFound('variant', ['input', 'id'])
    // Product first, then variant: the order in which an update of the product locks them.
    const properties =
      input.propertiesValues === undefined ? {} : await nextValues(trx, found, input.propertiesValues ?? [])
    const row = await lockVariant(trx, workspaceId, found.id)
    if (row === undefined) throw notFound('variant', ['input', 'id'])
    const before = { ...row, properties_values: JSON.stringify(propertiesValuesOf(row)) }
    const columns = { ...columnsOf(input, members), ...properties }
    if (!isChange(before, columns)) return before.id
    const after = await writeVariant(trx, before, columns)
    const priceIds = await priceIdsOfVariant(trx, workspaceId, after.id)
    changes.add('products/variant.updated', variantSnapshot(after, priceIds))
    return after.id
  })
}

async function nextValues(
  trx: Transaction<DB>,
  variant: VariantRow,
  given: readonly { property: string; value: string }[],
): Promise<{ properties_values: string }> {
  const product = await holdProduct(trx, variant.workspace_id, variant.product_id)
  // The default variant stands for the product as a whole: it has no values (domain 3.2).
  const properties = product === undefined || variant.is_default ? [] : variantPropertiesOf(product)
  const { values, issues } = matchProperties(properties, given)
  refuseIssues(issues)
  return { properties_values: JSON.stringify(values) }
}
