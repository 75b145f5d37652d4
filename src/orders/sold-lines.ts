import type { Transaction } from 'kysely'
import { type HeldPrice, holdPrices } from '../catalog/hold-prices.ts'
import { holdVariants } from '../catalog/hold-variants.ts'
import type { DB } from '../database/tables.ts'
import type { InputIssue } from '../shared/errors.ts'

interface RequestedLine {
  variantId: string
  priceId: string
}

/** What lines name, found in the workspace and held: a line may name a price of another variant of the same product. */
async function holdSold(trx: Transaction<DB>, workspaceId: string, lines: readonly RequestedLine[]) {
  const prices = await holdPrices(trx, workspaceId, distinct(lines.map(line => line.priceId)))
  const others = distinct(
    lines.filter(line => prices.get(line.priceId)?.variant.id !== line.variantId).map(line => line.variantId),
  )
  const variants =
    others.length === 0 ? new Map<string, HeldPrice['variant']>() : await holdVariants(trx, workspaceId, others)
  return lines.map(line => {
    const held = prices.get(line.priceId)
    return { held, variant: held?.variant.id === line.variantId ? held.variant : variants.get(line.variantId) }
  })
}

/**
 * What the requested lines sell and which prices they name, as far as they exist, held against changes of their keys;
 * with it what is wrong with them: unknown and mismatched ones (domain 4.5) and, for orders, archived ones.
 */
export async function resolveLines<Line extends RequestedLine>(
  trx: Transaction<DB>,
  workspaceId: string,
  lines: readonly Line[],
  archived: 'refused' | 'taken',
): Promise<{ sold: (HeldPrice & { requested: Line })[]; prices: HeldPrice['price'][]; issues: InputIssue[] }> {
  const issues: InputIssue[] = []
  const held = await holdSold(trx, workspaceId, lines)
  const sold = lines.flatMap((requested, index) => {
    const refuse = (code: string, message: string, member: string) => {
      issues.push({ code, message, path: ['input', 'lineItems', String(index), member] })
    }
    const { held: offer, variant } = held[index] ?? {}
    if (offer === undefined) refuse('NOT_FOUND', 'There is no such price.', 'priceId')
    if (variant === undefined) refuse('NOT_FOUND', 'There is no such variant.', 'variantId')
    if (offer === undefined || variant === undefined) return []
    if (archived === 'refused') {
      if (offer.price.archived) refuse('ARCHIVED', 'The price is archived.', 'priceId')
      if (variant.archived) refuse('ARCHIVED', 'The variant is archived.', 'variantId')
      else if (offer.product.archived) refuse('ARCHIVED', 'The product is archived.', 'variantId')
    }
    if (variant.product_id !== offer.product.id) {
      refuse('PRICE_OF_ANOTHER_PRODUCT', 'The price belongs to another product.', 'priceId')
    }
    return [{ ...offer, variant, requested }]
  })
  return { sold, prices: held.flatMap(({ held: offer }) => offer?.price ?? []), issues }
}

/** What existing lines sell, whatever became of it since. */
export async function soldBy<Line extends { price_id: string; variant_id: string }>(
  trx: Transaction<DB>,
  workspaceId: string,
  lines: readonly Line[],
): Promise<(HeldPrice & { line: Line })[]> {
  const named = lines.map(line => ({ priceId: line.price_id, variantId: line.variant_id }))
  const sold = await holdSold(trx, workspaceId, named)
  return lines.map((line, index) => {
    const { held, variant } = sold[index] ?? {}
    if (held === undefined) throw new Error(`line sells price ${line.price_id}, which is gone`)
    return { ...held, variant: variant ?? held.variant, line }
  })
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
