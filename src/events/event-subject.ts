// ClickFunnels' class names of the subjects that this API has as types.
const typenames: Record<string, string> = {
  Contact: 'Contact',
  Order: 'Order',
  'Orders::Invoice': 'Invoice',
  Product: 'Product',
  'Products::Variant': 'Variant',
  'Webhooks::Outgoing::Endpoint': 'WebhookEndpoint',
}

const subjectTypes = new Map(Object.entries(typenames).map(([subjectType, typename]) => [typename, subjectType]))

/** The name of the type that a subject is here; undefined for subjects that this API does not have. */
export function typenameOf(subjectType: string): string | undefined {
  return Object.hasOwn(typenames, subjectType) ? typenames[subjectType] : undefined
}

/** ClickFunnels' class name of the objects of a type; undefined for types that no event is about. */
export function subjectTypeOf(typename: string): string | undefined {
  return subjectTypes.get(typename)
}
