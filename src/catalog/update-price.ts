import { type CommandContext, type Outcome, runCommand } from '../idempotency/run-command.ts'
import { columnsOf, isChange } from '../shared/columns.ts'
import { notFound, refuseIssues } from '../shared/errors.ts'
import { parseInput } from '../shared/input.ts'
import {
  isRecurring,
  moneyMembers,
  nextTerms,
  PriceInUse,
  termIssues,
  termMembers,
  termsOf,
  withWrittenAmounts,
} from './price.ts'
import { priceMembers, updatePriceInput } from './price-input.ts'
import { isPriceUsed, lockPrice, writePrice } from './price-store.ts'

const members = [...priceMembers, 'archived'] as const

/**
 * Updates a price and returns its id: absent leaves, null clears. Throws InvalidInput, and PriceInUse when the price
 * recurs, before or after, and an order uses it. Prices have no events.
 */
export function updatePrice(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { workspace } = context.actor
  const input = parseInput(updatePriceInput(workspace.currency), rawInput)
  return runCommand(context, 'updatePrice', input, async trx => {
    const row = await lockPrice(trx, workspace.id, input.id)
    if (row === undefined) throw notFound('price', ['input', 'id'])
    const before = withWrittenAmounts(row)
    const terms = nextTerms(termsOf(before), input)
    const termColumns = columnsOf(terms, termMembers)
    // Terms that stay are not judged: what they lack would keep the price from being archived.
    if (isChange(before, termColumns)) refuseIssues(termIssues(terms))
    const columns = { ...columnsOf(input, members), ...termColumns }
    if (!isChange(before, columns)) return before.id
    const next = { ...input, ...terms }
    const changed = moneyMembers.find(member => isChange(before, columnsOf(next, [member])))
    const recurs = isRecurring(before.payment_type) || isRecurring(terms.paymentType)
    if (changed !== undefined && recurs && (await isPriceUsed(trx, workspace.id, before.id)))
      throw new PriceInUse(changed)
    await writePrice(trx, before, columns)
    return before.id
  })
}
