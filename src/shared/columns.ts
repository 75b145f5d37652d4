type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : ''

type Columns<Input, Name extends keyof Input & string> = { [Member in Name as SnakeCase<Member>]: Input[Member] }

/** The named members of an input as columns: `emailAddress` becomes `email_address`; absent members stay absent. */
export function columnsOf<Input extends object, Name extends keyof Input & string>(
  input: Input,
  names: readonly Name[],
): Columns<Input, Name> {
  const given = names.filter(name => input[name] !== undefined)
  return Object.fromEntries(given.map(name => [snakeCase(name), input[name]])) as Columns<Input, Name>
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

/** Whether any of the new values differs from what the row holds. */
export function isChange(row: object, columns: object): boolean {
  const held = row as Record<string, unknown>
  return Object.entries(columns).some(([column, value]) => held[column] !== value)
}
