import { sql } from 'kysely'
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
import { isPriceUsed, priceColumns } from './price-store.ts'

const members = [...priceMembers, 'archived'] as const

/**
 * Updates a price and returns its id: absent leaves, null clears. Throws InvalidInput, and PriceInUse when the price
 * recurs, before or after, and an order uses it. Prices have no events.
 */
export function updatePrice(context: CommandContext, rawInput: unknown): Promise<Outcome<string>> {
  const { workspace } = context.actor
  const input = parseInput(updatePriceInput(workspace.currency), rawInput)
  return runCommand(context, 'updatePrice', input, async trx => {
    const row = await trx
      .selectFrom('prices')
      .select(priceColumns)
      .where('workspace_id', '=', workspace.id)
      .where('id', '=', input.id)
      // Not the weaker lock of other updates: an order that is being created holds the price for key share, and the
      // question below, whether any uses it, must wait for its answer.
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw notFound('price', ['input', 'id'])
    const before = withWrittenAmounts(row)
    const terms = nextTerms(termsOf(before), input)
    refuseIssues(termIssues(terms))
    const columns = { ...columnsOf(input, members), ...columnsOf(terms, termMembers) }
    if (!isChange(before, columns)) return before.id
    const next = { ...input, ...terms }
    const changed = moneyMembers.find(member => isChange(before, columnsOf(next, [member])))
    const recurs = isRecurring(before.payment_type) || isRecurring(terms.paymentType)
    if (changed !== undefined && recurs && (await isPriceUsed(trx, workspace.id, before.id)))
      throw new PriceInUse(changed)
    await trx
      .updateTable('prices')
      .set({ ...columns, updated_at: sql`clock_timestamp()` })
      .where('workspace_id', '=', workspace.id)
      .where('id', '=', before.id)
      .execute()
    return before.id
  })
}
