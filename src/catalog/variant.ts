/** Whether a variant is shipped (domain 3.2). */
export const productTypes = ['physical', 'digital'] as const
export type ProductType = (typeof productTypes)[number]

/** Units of a variant's weight (domain 3.2). */
export const weightUnits = ['lb', 'kg', 'oz', 'g'] as const
export type WeightUnit = (typeof weightUnits)[number]
