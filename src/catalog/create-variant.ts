import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { variantPropertiesOf } from './product.ts'
import { holdProduct } from './product-store.ts'
import { matchProperties, maxVariants } from './variant.ts'
import { variantSnapshot } from './variant-body.ts'
import { createVariantInput, variantMembers } from './variant-input.ts'
import { insertVariant, readVariant, variantIdsOf } from './variant-store.ts'

/**
 * Creates a variant of a product and returns its id. What it takes over from the default variant where the input is
 * silent (domain 3.2) is copied now: later changes of the default variant leave it alone. Throws InvalidInput.
 */
export function createVariant(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseWithoutNulls(createVariantInput, rawInput)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'createVariant', input, async (trx, changes) => {
    const product = await holdProduct(trx, workspaceId, input.productId)
    if (product === undefined) throw notFound('product', ['input', 'productId'])
    const { values, issues } = matchProperties(variantPropertiesOf(product), input.propertiesValues ?? [])
    const siblings = await variantIdsOf(trx, workspaceId, product.id)
    refuseIssues([
      ...issues,
      ...(siblings.length < maxVariants
        ? []
        : [{ code: 'TOO_MANY', message: `The product has ${maxVariants} variants.`, path: ['input', 'productId'] }]),
    ])
    const standard = await readVariant(trx, workspaceId, product.default_variant_id)
    if (standard === undefined) throw new Error(`product ${product.id} has no default variant`)
    const variant = await insertVariant(trx, {
      ...columnsOf(input, variantMembers),
      workspace_id: workspaceId,
      product_id: product.id,
      name: input.name,
      properties_values: JSON.stringify(values),
      product_type: input.productType ?? standard.product_type,
      description: input.description ?? standard.description,
      sku: input.sku ?? standard.sku,
      taxable: input.taxable ?? standard.taxable,
      weight: input.weight ?? standard.weight,
      weight_unit: input.weightUnit ?? standard.weight_unit,
      height: input.height ?? standard.height,
      width: input.width ?? standard.width,
      length: input.length ?? standard.length,
      // Not in the domain's list, but without its unit a length says nothing.
      dimensions_unit: input.dimensionsUnit ?? standard.dimensions_unit,
    })
    changes.add('products/variant.created', variantSnapshot(variant, []))
    return variant.id
  })
}
