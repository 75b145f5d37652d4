import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import { nextProperties } from './product.ts'
import { productSnapshot } from './product-body.ts'
import { createProductInput, productMembers } from './product-input.ts'
import { productColumns } from './product-store.ts'
import { variantSnapshot } from './variant-body.ts'
import { variantMembers } from './variant-input.ts'
import { variantColumns } from './variant-store.ts'

/**
 * Creates a product with its default variant, which is named like it and digital unless the input says otherwise
 * (domain 3.1), and returns the product's id. Throws InvalidInput.
 */
export function createProduct(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const input = parseInput(createProductInput, rawInput)
  const { properties, issues } = nextProperties([], input.variantProperties ?? [])
  refuseIssues(issues)
  const workspaceId = context.actor.workspace.id
  return runCommand(context, 'createProduct', input, async (trx, changes) => {
    const { id } = await trx
      .insertInto('products')
      .values({
        ...columnsOf(input, productMembers),
        workspace_id: workspaceId,
        variant_properties: JSON.stringify(properties),
        // The two rows name each other: the reference is checked at the commit.
        default_variant_id: '0',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const variant = await trx
      .insertInto('variants')
      .values({
        ...(input.defaultVariant && columnsOf(input.defaultVariant, variantMembers)),
        workspace_id: workspaceId,
        product_id: id,
        is_default: true,
        name: input.defaultVariant?.name ?? input.name,
      })
      .returning(variantColumns)
      .executeTakeFirstOrThrow()
    const product = await trx
      .updateTable('products')
      .set({ default_variant_id: variant.id })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .returning(productColumns)
      .executeTakeFirstOrThrow()
    changes.add('product.created', productSnapshot(product, [variant.id], []))
    changes.add('products/variant.created', variantSnapshot(variant, []))
    return product.id
  })
}
