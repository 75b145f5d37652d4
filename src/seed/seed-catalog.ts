import type { HeldPrice } from '../catalog/hold-prices.ts'
import { isRecurring } from '../catalog/price.ts'
import type { PriceRow } from '../catalog/price-store.ts'
import { productSnapshot } from '../catalog/product-body.ts'
import type { ProductRow } from '../catalog/product-store.ts'
import { variantSnapshot } from '../catalog/variant-body.ts'
import type { VariantRow } from '../catalog/variant-store.ts'
import type { Snapshot } from '../events/changes.ts'
import type { EventType } from '../events/event.ts'
import { publicId } from '../shared/public-id.ts'
import { draftProduct, type PriceDraft } from './draft-product.ts'
import { Random } from './random.ts'
import { purposes, type SeedWorkspace } from './seed-workspace.ts'
import { day, minute } from './timeline.ts'

/** The products of a workspace; the first are there to the end, so that there is always something to sell. */
export const productCount = 40
export const maxVariants = 3
export const maxPrices = 3
const lastingProducts = 16

/** A price that orders can be of. */
export interface Offer extends HeldPrice {
  /** Its amount in minor units. */
  minor: number
  /** From then on it is archived; Unix milliseconds. */
  soldUntil: number
}

interface CatalogWrite {
  at: number
  events: readonly (readonly [EventType, Snapshot])[]
}

/** The catalog of a seeded workspace: its rows as they are at the end, what is sold when, and the writes that made it. */
export class SeedCatalog {
  readonly products: ProductRow[] = []
  readonly variants: VariantRow[] = []
  readonly prices: PriceRow[] = []
  readonly oneTime: Offer[] = []
  readonly recurring: Offer[] = []
  readonly writes: CatalogWrite[] = []
  readonly #workspace: SeedWorkspace
  readonly #random: Random
  #clock: number

  constructor(workspace: SeedWorkspace) {
    this.#workspace = workspace
    this.#random = new Random([...workspace.key, purposes.catalog])
    this.#clock = workspace.timeline.start - day
    for (let index = 0; index < productCount; index += 1) this.#addProduct(index)
  }

  #addProduct(index: number): void {
    const { firstIds, actor, timeline } = this.#workspace
    const draft = draftProduct(index, actor.workspace.currency, this.#random)
    const product: ProductRow = {
      ...draft.product,
      ...this.#stamp(firstIds.products + index),
      default_variant_id: String(firstIds.variants + this.variants.length),
    }
    const variants = draft.variants.map(({ variant }): VariantRow => {
      const row = {
        ...variant,
        // A default variant comes with its product.
        ...this.#stamp(firstIds.variants + this.variants.length, variant.is_default ? 0 : 2),
        product_id: product.id,
      }
      this.variants.push(row)
      const created = ['products/variant.created', variantSnapshot(row, [])] as const
      const events = variant.is_default
        ? [['product.created', productSnapshot(product, [row.id], [])] as const, created]
        : [created]
      this.writes.push({ at: Date.parse(row.created_at), events })
      return row
    })
    this.products.push(product)
    const isLasting = index < lastingProducts || !this.#random.chance(0.12)
    const end = isLasting
      ? Number.POSITIVE_INFINITY
      : Math.floor(this.#random.between(timeline.start, timeline.end - day / 2))
    const prices = draft.variants.flatMap(({ prices }, position) => {
      const variant = variants[position]
      return variant === undefined ? [] : prices.map(price => this.#addPrice(price, product, variant, end))
    })
    if (!isLasting) this.#archive(product, variants, prices, end)
  }

  #addPrice({ minor, ...draft }: PriceDraft, product: ProductRow, variant: VariantRow, end: number): PriceRow {
    const { firstIds } = this.#workspace
    const price: PriceRow = {
      ...draft,
      ...this.#stamp(firstIds.prices + this.prices.length, 2),
      variant_id: variant.id,
      product_id: product.id,
    }
    this.prices.push(price)
    const offers = isRecurring(price.payment_type) ? this.recurring : this.oneTime
    offers.push({ price, variant, product, minor, soldUntil: end })
    return price
  }

  #archive(product: ProductRow, variants: VariantRow[], prices: PriceRow[], end: number): void {
    const updated_at = new Date(end).toISOString()
    const priceIdsOf = (variant: VariantRow) => prices.filter(price => price.variant_id === variant.id).map(idOf)
    for (const row of [product, ...variants, ...prices]) Object.assign(row, { archived: true, updated_at })
    Object.assign(product, { visible_in_store: false, visible_in_customer_center: false })
    const snapshot = productSnapshot(product, variants.map(idOf), prices.map(idOf))
    this.writes.push({ at: end, events: [['product.updated', snapshot]] })
    for (const [position, variant] of variants.entries()) {
      const events = [['products/variant.updated', variantSnapshot(variant, priceIdsOf(variant))]] as const
      this.writes.push({ at: end + position + 1, events })
    }
  }

  /** Id and times of a row that is made so many minutes after the one before. */
  #stamp(id: number, minutes = 2) {
    this.#clock += minutes * minute
    const at = new Date(this.#clock).toISOString()
    return {
      workspace_id: this.#workspace.actor.workspace.id,
      id: String(id),
      public_id: publicId(String(id)),
      created_at: at,
      updated_at: at,
    }
  }
}

function idOf({ id }: { id: string }): string {
  return id
}
