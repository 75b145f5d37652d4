import { type InputIssue, UserError } from '../shared/errors.ts'

/** Something in which the variants of a product differ, such as "Size" (domain 3.1). Ids count within the product. */
export interface VariantProperty {
  id: number
  name: string
}

/** The properties in a product's `variant_properties` column. */
export function variantPropertiesOf(product: { variant_properties: string }): VariantProperty[] {
  return JSON.parse(product.variant_properties)
}

/** How the names and values of properties are compared: in whatever case, white space normalised (domain 3.2). */
export function comparable(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase()
}

/**
 * The properties that a product has after an input gave all of them. One with an id is renamed, one without is the
 * property of that name or a new one; issues for unknown ids and for names that stand twice.
 */
export function nextProperties(
  before: readonly VariantProperty[],
  given: readonly { propertyId?: number | null | undefined; name: string }[],
): { properties: VariantProperty[]; issues: InputIssue[] } {
  const issues: InputIssue[] = []
  const names = new Set<string>()
  const ids = new Set<number>()
  let lastId = Math.max(0, ...before.map(property => property.id))
  const properties = given.map(({ propertyId, name }, index) => {
    const path = ['input', 'variantProperties', String(index)]
    const known = before.find(({ id, name: held }) =>
      propertyId == null ? comparable(held) === comparable(name) : id === propertyId,
    )
    if (known === undefined && propertyId != null)
      issues.push({ code: 'NOT_FOUND', message: 'There is no such property.', path: [...path, 'propertyId'] })
    if (known === undefined) lastId += 1
    const id = known?.id ?? lastId
    if (names.has(comparable(name)) || ids.has(id))
      issues.push({ code: 'DUPLICATE', message: 'This property stands here twice.', path: [...path, 'name'] })
    names.add(comparable(name))
    ids.add(id)
    return { id, name }
  })
  return { properties, issues }
}

/** Whether people can find the product now: as long as they can it is live (domain 3.1). */
export function isVisible(product: { visible_in_store: boolean; visible_in_customer_center: boolean }): boolean {
  return product.visible_in_store || product.visible_in_customer_center
}

/** A product can't be archived and visible at once: hide it first, or in the same update (domain 3.1). */
export class ProductIsLive extends UserError {
  override readonly name = 'ProductIsLive'
  readonly code = 'PRODUCT_IS_LIVE'

  /** `member` is the part of the input that would have made it both. */
  constructor(member: string) {
    super('A product that is visible in the store or the customer center can’t be archived.', ['input', member])
  }
}
