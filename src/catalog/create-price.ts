import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf } from '../shared/columns.ts'
import { type InputIssue, InvalidInput, refuseIssues } from '../shared/errors.ts'
import { parseWithoutNulls } from '../shared/input.ts'
import { maxPrices, maxProductPrices, nextTerms, termIssues, termMembers } from './price.ts'
import { createPriceInput, priceMembers } from './price-input.ts'
import { insertPrice, pricesOfProduct } from './price-store.ts'
import { holdVariant } from './variant-store.ts'

/** Creates a price of a variant in the workspace's currency and returns its id. Throws InvalidInput. */
export function createPrice(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { workspace } = context.actor
  const input = parseWithoutNulls(createPriceInput(workspace.currency), rawInput)
  return runCommand(context, 'createPrice', input, async trx => {
    const issue = (code: string, message: string): InputIssue => ({ code, message, path: ['input', 'variantId'] })
    const terms = nextTerms(undefined, input)
    const issues = termIssues(terms)
    const variant = await holdVariant(trx, workspace.id, input.variantId)
    if (variant === undefined) throw new InvalidInput([issue('NOT_FOUND', 'There is no such variant.'), ...issues])
    const prices = await pricesOfProduct(trx, workspace.id, variant.product_id)
    if (prices.filter(price => price.variant_id === variant.id).length >= maxPrices)
      issues.push(issue('TOO_MANY', `The variant has ${maxPrices} prices.`))
    else if (prices.length >= maxProductPrices)
      issues.push(issue('TOO_MANY', `The product has ${maxProductPrices} prices.`))
    refuseIssues(issues)
    return insertPrice(trx, {
      ...columnsOf(input, priceMembers),
      ...columnsOf(terms, termMembers),
      workspace_id: workspace.id,
      product_id: variant.product_id,
      variant_id: variant.id,
      currency: workspace.currency,
      amount: input.amount,
    })
  })
}
