import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { nextProperties } from './product.ts'
import { productSnapshot } from './product-body.ts'
import { createProductInput, productMembers } from './product-input.ts'
import { insertProduct, setDefaultVariant } from './product-store.ts'
import { variantSnapshot } from './variant-body.ts'
import { variantMembers } from './variant-input.ts'
import { insertVariant } from './variant-store.ts'

/**
 * Creates a product with its default variant, which is named like it and digital unless the input says otherwise
 * (domain 3.1), and returns the product's id. Throws InvalidInput.
 */
export function createProduct(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(createProductInput, rawInput)
  const { properties, issues } = nextProperties([], input.variantProperties ?? [])
  refuseIssues(issues)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'createProduct', input, async (trx, changes) => {
    const id = await insertProduct(trx, {
      ...columnsOf(input, productMembers),
      workspace_id: workspaceId,
      variant_properties: JSON.stringify(properties),
    })
    const variant = await insertVariant(trx, {
      ...(input.defaultVariant && columnsOf(input.defaultVariant, variantMembers)),
      workspace_id: workspaceId,
      product_id: id,
      is_default: true,
      name: input.defaultVariant?.name ?? input.name,
    })
    const product = await setDefaultVariant(trx, { workspace_id: workspaceId, id }, variant.id)
    changes.add('product.created', productSnapshot(product, [variant.id], []))
    changes.add('products/variant.created', variantSnapshot(variant, []))
    return product.id
  })
}
