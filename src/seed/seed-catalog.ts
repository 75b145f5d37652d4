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
import { draftPrices } from './draft-prices.ts'
import { draftProduct } from './draft-product.ts'
import { Random } from './random.ts'
import { purposes, type SeedWorkspace } from './seed-workspace.ts'
import { day, minute } from './timeline.ts'

export const productCount = 40
export const maxVariants = 3
export const maxPrices = 3

/** A price that orders can be of. */
export interface Offer extends HeldPrice {
  /** Its amount in minor units. */
  minor: number
  /** It is archived from then on. */
  soldUntil: number
}

/** A write on the catalog with its events. */
interface CatalogWrite {
  at: number
  events: [EventType, Snapshot][]
}

/** The catalog of a seeded workspace: its rows as they are at the end, what can be sold when, and how it came about. */
export class SeedCatalog {
  readonly products: ProductRow[] = []
  readonly variants: VariantRow[] = []
  readonly prices: PriceRow[] = []
  readonly oneTime: Offer[] = []
  readonly recurring: Offer[] = []
  readonly writes: CatalogWrite[] = []
  readonly #workspace: SeedWorkspace
  readonly #random: Random
  #at: number

  constructor(workspace: SeedWorkspace) {
    this.#workspace = workspace
    this.#random = new Random([...workspace.key, purposes.catalog])
    this.#at = workspace.timeline.start - day
    for (let index = 0; index < productCount; index += 1) this.#addProduct(index)
    this.writes.sort((a, b) => a.at - b.at)
  }

  #addProduct(index: number): void {
    const { timeline, firstIds, actor } = this.#workspace
    const random = this.#random
    const id = String(firstIds.products + index)
    const firstVariantId = firstIds.variants + this.variants.length
    const draft = draftProduct(index, random)
    const created = this.#tick()
    const rowOf = { workspace_id: actor.workspace.id, created_at: created, updated_at: created }
    const product: ProductRow = {
      ...draft.product,
      ...rowOf,
      id,
      public_id: publicId(id),
      default_variant_id: String(firstVariantId),
    }
    const variants = draft.variants.map((variant, position): VariantRow => {
      const time = position === 0 ? created : this.#tick()
      const variantId = String(firstVariantId + position)
      const ids = { id: variantId, public_id: publicId(variantId), product_id: id, workspace_id: actor.workspace.id }
      return { ...variant, ...ids, created_at: time, updated_at: time }
    })
    // The first products are always there to be sold.
    const end = index >= 16 && random.chance(0.12) ? this.#someTime() : undefined
    for (const [position, variant] of variants.entries()) {
      const snapshot = variantSnapshot(variant, [])
      const events: CatalogWrite['events'] = [['products/variant.created', snapshot]]
      if (position === 0) events.unshift(['product.created', productSnapshot(product, [variant.id], [])])
      this.writes.push({ at: Date.parse(variant.created_at), events })
    }
    const prices = variants.flatMap(variant => this.#addPrices(draft.noun, draft.dollars, product, variant, end))
    if (end === undefined) {
      this.products.push(product)
      this.variants.push(...variants)
    } else this.#archive(product, variants, prices, end)
    void timeline
  }
}
