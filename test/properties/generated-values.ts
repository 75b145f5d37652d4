import fc from 'fast-check'
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql'

/** What there is to be named: global ids by the name of their type, references and cursors. */
export interface Known {
  /** What inputs may change, by type. */
  ids: Record<string, readonly string[]>
  /** What orders and invoices sell, which nothing else changes. */
  sold: Record<'variantId' | 'priceId', readonly string[]>
  /** Values of the members of references and filters, as `OrderReference.externalId`. */
  members: Record<string, readonly string[]>
  cursors: readonly string[]
}

const hostile = [
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  '1e400',
  '-0',
  '١٢',
  '1,5',
  'NaN',
  '9'.repeat(40),
  "'; drop table orders --",
  'x'.repeat(300),
]

const unstorable = ['\0', 'a\0b', '\ud800', 'x'.repeat(20_000)]

const hostileText = fc.oneof(
  fc.constantFrom(...unstorable),
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }),
)

const plainText = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,15}$/)

// Mostly what fits, the more so the deeper it stands: one bad member refuses all of an input.
function mostly<Value>(
  depth: number,
  fitting: fc.Arbitrary<Value>,
  other: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: depth < 2 ? 4 : 12, arbitrary: fitting }, { weight: 1, arbitrary: other })
}

const anyJson = fc.oneof(fc.dictionary(hostileText, fc.oneof(hostileText, fc.constant(null))), fc.jsonValue())

/** Makes values for the input types of the schema: most of them plausible, some hostile. */
export class Values {
  readonly #known: Known
  constructor(known: Known) {
    this.#known = known
  }

  /** A value of a type; `parent` is the input type or field it stands in, `name` its own name there. */
  of(type: GraphQLInputType, parent: string, name: string, depth = 0): fc.Arbitrary<unknown> {
    if (isNonNullType(type)) return this.of(type.ofType, parent, name, depth)
    if (isListType(type)) {
      const item = this.of(type.ofType, parent, name, depth + 1)
      return mostly(
        depth,
        fc.array(item, { minLength: 1, maxLength: 3 }),
        fc.array(item, { maxLength: 105, size: 'xlarge' }),
      )
    }
    if (isEnumType(type)) {
      const any = fc.constantFrom(...type.getValues().map(value => value.name))
      const known = this.#known.members[`${parent}.${name}`]
      return known === undefined ? any : mostly(depth, fc.constantFrom(...known), any)
    }
    if (isInputObjectType(type)) return this.#object(type.name, type.getFields(), depth + 1)
    switch (type.name) {
      case 'ID':
        return mostly(
          depth,
          fc.constantFrom(...this.#idsFor(parent, name)),
          fc.oneof(fc.constantFrom(...this.#allIds()), hostileText),
        )
      case 'String':
        return mostly(depth, this.#text(parent, name), hostileText)
      case 'Int':
        return mostly(
          depth,
          fc.integer({ min: 1, max: 20 }),
          fc.oneof(fc.integer({ min: -2, max: 12_000 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31))),
        )
      case 'Boolean':
        return fc.boolean()
      case 'Decimal':
        return mostly(
          depth,
          fc.constantFrom('198.00', '0', '12.5', '999999999999.99'),
          fc.oneof(fc.constantFrom('1000000000000', '0.001', '1e5'), hostileText),
        )
      case 'DateTime':
        return mostly(
          depth,
          fc
            .date({ noInvalidDate: true, min: new Date('2001-01-01'), max: new Date('2026-01-01') })
            .map(date => date.toISOString()),
          fc.oneof(
            fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
            fc.constantFrom('2026-02-31T00:00:00Z', '1969-12-31T23:59:59Z', '2200-01-01T00:00:00Z'),
            hostileText,
          ),
        )
      case 'JSON':
        return mostly(
          depth,
          fc.dictionary(fc.stringMatching(/^[b-d][a-d]{4,9}$/), fc.option(plainText), { maxKeys: 3 }),
          anyJson,
        )
      default:
        throw new Error(`no values for ${type}`)
    }
  }

  #object(
    name: string,
    fields: Record<string, { name: string; type: GraphQLInputType }>,
    depth: number,
  ): fc.Arbitrary<unknown> {
    const required: Record<string, fc.Arbitrary<unknown>> = {}
    const optional: Record<string, fc.Arbitrary<unknown>> = {}
    for (const field of Object.values(fields)) {
      const value = this.of(field.type, name, field.name, depth)
      if (isNonNullType(field.type)) required[field.name] = value
      else optional[field.name] = fc.option(value, { freq: 12 })
    }
    const names = Object.keys(optional)
    const some = (chosen: readonly string[]) =>
      fc.record(Object.fromEntries(chosen.map(one => [one, optional[one] ?? fc.constant(null)])))
    const fewest = Object.keys(required).length === 0 ? 1 : 0
    const most = Math.min(3, names.length - fewest)
    // References want exactly one of their members; elsewhere few at a time, so that most inputs get through.
    const few = name.endsWith('Reference')
      ? mostly(
          depth,
          fc.constantFrom(...names).map(one => [one]),
          fc.subarray(names),
        ).chain(chosen => some(chosen as string[]))
      : fc.subarray(names, { minLength: fewest, maxLength: fewest + most }).chain(some)
    return fc.tuple(fc.record(required), few).map(([must, may]) => ({ ...(may as object), ...must }))
  }

  #allIds(): string[] {
    return Object.values(this.#known.ids).flat()
  }

  // `productId` names a product; `id` what the type around it is about: UpdateProductInput, ProductFilter, product(id:).
  #idsFor(parent: string, name: string): readonly string[] {
    const { ids, sold } = this.#known
    if (name in sold && /LineItem|^Create(Price|Variant)/.test(parent)) return sold[name as keyof typeof sold]
    const about = name === 'id' ? parent : name.replace(/Id$/, '')
    const types = Object.keys(ids).filter(type => about.toLowerCase().includes(type.toLowerCase()))
    const longest = types.toSorted((a, b) => b.length - a.length)[0]
    return (longest === undefined ? undefined : ids[longest]) ?? this.#allIds()
  }

  #text(parent: string, name: string): fc.Arbitrary<string> {
    const known = this.#known.members[`${parent}.${name}`]
    if (known !== undefined) return fc.constantFrom(...known)
    if (name === 'after' || name === 'before' || name === 'until') return this.#cursor()
    if (name === 'emailAddress') return fc.uuid().map(id => `${id}@example.com`)
    if (['externalId', 'number', 'idempotencyKey', 'eventId'].includes(name)) return fc.uuid()
    return plainText
  }

  #cursor(): fc.Arbitrary<string> {
    const real = fc.constantFrom(...this.#known.cursors)
    const broken = fc.tuple(real, fc.nat(), fc.stringMatching(/^[\w-]$/)).map(([cursor, at, letter]) => {
      const place = at % cursor.length
      return cursor.slice(0, place) + letter + cursor.slice(place + 1)
    })
    const rewritten = fc.tuple(real, fc.nat(4), hostileText).map(([cursor, at, text]) => {
      const parts = Buffer.from(cursor, 'base64url').toString('latin1').split('|')
      parts[at % parts.length] = text
      return Buffer.from(parts.join('|')).toString('base64url')
    })
    return fc.oneof({ weight: 3, arbitrary: real }, broken, rewritten)
  }
}
