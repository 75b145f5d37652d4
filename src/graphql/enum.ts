import { builder } from './builder.ts'

/** The GraphQL name of a ClickFunnels value: upper case, `_` for every other character (`past-due` → `PAST_DUE`). */
export function enumName(value: string): string {
  return value.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

/** A GraphQL enum over ClickFunnels' own values, each with its description. */
export function enumOf<Value extends string>(name: string, description: string, values: Record<Value, string>) {
  const entries = Object.entries(values) as [Value, string][]
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(
      entries.map(([value, meaning]) => [enumName(value), { value, description: meaning }]),
    ) as { [Name in string]: { value: Value; description: string } },
  })
}
