import type { Transaction } from 'kysely'
import { type HeldPrice, holdPrices } from '../catalog/hold-prices.ts'
import { holdVariants } from '../catalog/hold-variants.ts'
import type { DB } from '../database/tables.ts'
import { type InputIssue, refuseIssues } from '../shared/errors.ts'

interface RequestedLine {
  variantId: string
  priceId: string
}

/**
 * What each requested line sells, held against changes of its key. A line may name a price of another variant of the
 * same product (domain 4.5). Throws InvalidInput for unknown, archived and mismatched ones, all at once.
 */
export async function resolveLines<Line extends RequestedLine>(
  trx: Transaction<DB>,
  workspaceId: string,
  lines: readonly Line[],
): Promise<(HeldPrice & { requested: Line })[]> {
  const prices = await holdPrices(trx, workspaceId, distinct(lines.map(line => line.priceId)))
  const otherVariants = distinct(
    lines.filter(line => prices.get(line.priceId)?.variant.id !== line.variantId).map(line => line.variantId),
  )
  const variants =
    otherVariants.length === 0
      ? new Map<string, HeldPrice['variant']>()
      : await holdVariants(trx, workspaceId, otherVariants)
  const issues: InputIssue[] = []
  const resolved = lines.flatMap((requested, index) => {
    const refuse = (code: string, message: string, member: string) => {
      issues.push({ code, message, path: ['input', 'lineItems', String(index), member] })
    }
    const held = prices.get(requested.priceId)
    const variant = held?.variant.id === requested.variantId ? held.variant : variants.get(requested.variantId)
    if (held === undefined) refuse('NOT_FOUND', 'There is no such price.', 'priceId')
    else if (held.price.archived) refuse('ARCHIVED', 'The price is archived.', 'priceId')
    if (variant === undefined) refuse('NOT_FOUND', 'There is no such variant.', 'variantId')
    else if (variant.archived) refuse('ARCHIVED', 'The variant is archived.', 'variantId')
    if (held === undefined || variant === undefined) return []
    if (variant.product_id !== held.product.id)
      refuse('PRICE_OF_ANOTHER_PRODUCT', 'The price belongs to another product.', 'priceId')
    return [{ ...held, variant, requested }]
  })
  refuseIssues(issues)
  return resolved
}

/** What existing lines sell, whatever became of it since. */
export async function soldBy<Line extends { price_id: string; variant_id: string }>(
  trx: Transaction<DB>,
  workspaceId: string,
  lines: readonly Line[],
): Promise<(HeldPrice & { line: Line })[]> {
  const prices = await holdPrices(trx, workspaceId, distinct(lines.map(line => line.price_id)))
  const otherVariants = distinct(
    lines.filter(line => prices.get(line.price_id)?.variant.id !== line.variant_id).map(line => line.variant_id),
  )
  const variants =
    otherVariants.length === 0
      ? new Map<string, HeldPrice['variant']>()
      : await holdVariants(trx, workspaceId, otherVariants)
  return lines.map(line => {
    const held = prices.get(line.price_id)
    if (held === undefined) throw new Error(`line sells price ${line.price_id}, which is gone`)
    return { ...held, variant: variants.get(line.variant_id) ?? held.variant, line }
  })
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
