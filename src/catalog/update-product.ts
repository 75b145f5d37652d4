import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { dropProperties } from './drop-properties.ts'
import { pricesOfProduct } from './price-store.ts'
import { isVisible, nextProperties, ProductIsLive, variantPropertiesOf } from './product.ts'
import { productSnapshot } from './product-body.ts'
import { productMembers, updateProductInput } from './product-input.ts'
import { lockProduct, writeProduct } from './product-store.ts'
import { variantSnapshot } from './variant-body.ts'
import { variantIdsOf } from './variant-store.ts'

const members = [...productMembers, 'archived'] as const

/**
 * Updates a product and returns its id: absent leaves, null clears; given properties take the place of all it had.
 * Throws InvalidInput and ProductIsLive.
 */
export function updateProduct(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(updateProductInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'updateProduct', input, async (trx, changes) => {
    const row = await lockProduct(trx, workspaceId, input.id)
    if (row === undefined) throw notFound('product', ['input', 'id'])
    const held = variantPropertiesOf(row)
    const { properties, issues } = nextProperties(held, input.variantProperties ?? [])
    refuseIssues(issues)
    const before = { ...row, variant_properties: JSON.stringify(held) }
    const columns = {
      ...columnsOf(input, members),
      ...(input.variantProperties === undefined ? {} : { variant_properties: JSON.stringify(properties) }),
    }
    if (!isChange(before, columns)) return before.id
    const { archived = before.archived } = columns
    const isLive = isVisible({
      visible_in_store: columns.visible_in_store ?? before.visible_in_store,
      visible_in_customer_center: columns.visible_in_customer_center ?? before.visible_in_customer_center,
    })
    if (archived && isLive) throw new ProductIsLive(input.archived ? 'archived' : visibleMember(input))
    const keptIds = new Set((input.variantProperties === undefined ? held : properties).map(({ id }) => id))
    const dropped = held.filter(({ id }) => !keptIds.has(id))
    const variants = await dropProperties(trx, before, dropped)
    const product = await writeProduct(trx, before, columns)
    const prices = await pricesOfProduct(trx, workspaceId, product.id)
    const variantIds = await variantIdsOf(trx, workspaceId, product.id)
    const priceIds = prices.map(({ id }) => id)
    changes.add('product.updated', productSnapshot(product, variantIds, priceIds))
    for (const variant of variants) {
      const own = prices.filter(price => price.variant_id === variant.id).map(({ id }) => id)
      changes.add('products/variant.updated', variantSnapshot(variant, own))
    }
    return product.id
  })
}

function visibleMember(input: { visibleInStore?: boolean | undefined }): string {
  return input.visibleInStore ? 'visibleInStore' : 'visibleInCustomerCenter'
}
