import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** A command was called in a way it does not know; the message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An option of a command. */
interface Option {
  /** What stands after the option, such as `<subdomain>`; a switch has none. */
  value?: string
  about: string
  /** Without it the command refuses to run. */
  required?: true
  /** The environment variable that says it where the option is not given: other users can see command lines. */
  variable?: string
  default?: string
}

/** What a command says about itself. */
interface Manual<Options extends Record<string, Option>> {
  /** How it is called: `npm run keys -- create`. */
  call: string
  about: string
  options: Options
}

type Values<Options extends Record<string, Option>> = {
  [Name in keyof Options]: Options[Name] extends { value: string }
    ? Options[Name] extends { required: true } | { default: string }
      ? string
      : string | undefined
    : boolean
}

/** Prints a result: as JSON for programs, else as text for people. */
export const jsonOption = { json: { about: 'Print JSON and nothing else.' } } as const

/** The options a command was called with; undefined after `--help`, which prints its manual. Throws UsageError. */
export function readArguments<const Options extends Record<string, Option>>(
  args: readonly string[],
  manual: Manual<Options>,
  env: NodeJS.ProcessEnv = process.env,
): Values<Options> | undefined {
  const declared = Object.entries<Option>(manual.options)
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } }
  for (const [name, { value }] of declared) options[name] = { type: value === undefined ? 'boolean' : 'string' }
  const { values } = parse(args, options, manual.call)
  if (values.help === true) {
    process.stdout.write(writeManual(manual))
    return undefined
  }
  const given = declared.map(([name, option]): [string, unknown] => {
    const value = values[name] ?? fromEnvironment(option, env) ?? option.default
    if (option.required && (value === undefined || value === '')) {
      throw new UsageError(`--${name} ${option.value ?? ''} is missing; see ${manual.call} --help`)
    }
    return [name, option.value === undefined ? value === true : value]
  })
  return Object.fromEntries(given) as Values<Options>
}

// An empty variable is none.
function fromEnvironment({ variable }: Option, env: NodeJS.ProcessEnv): string | undefined {
  return (variable && env[variable]) || undefined
}

function parse(args: readonly string[], options: ParseArgsOptionsConfig, call: string) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  } catch (error) {
    const [message = ''] = error instanceof Error ? error.message.split(/\. |\n/) : []
    throw new UsageError(`${message.replace(/\.$/, '')}; see ${call} --help`)
  }
}

function writeManual({ call, about, options }: Manual<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([name, { value, about, required, variable, default: fallback }]) => {
    const notes = [
      ...(required ? ['required'] : []),
      ...(variable === undefined ? [] : [`or ${variable} in the environment`]),
      ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ]
    const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`
    return [`--${name}${value === undefined ? '' : ` ${value}`}`, `${about}${note}`] as const
  })
  rows.push(['--help', 'Print this.'])
  return `${call} [options]\n${about}\n\n${writeTable(rows, '  ')}`
}

/** Rows of text in columns, each row a line. */
export function writeTable(rows: readonly (readonly string[])[], indent = ''): string {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  )
  return rows
    .map(row => `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map(line => `${line}\n`)
    .join('')
}

/** Runs the act of a command that has several, such as `keys create`. Throws UsageError. */
export async function runAct(
  args: readonly string[],
  { call, about, acts }: { call: string; about: string; acts: Record<string, Act> },
): Promise<void> {
  const [name = '', ...rest] = args
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (act !== undefined) return act.run(rest)
  if (name !== '--help' && name !== '-h') {
    const problem = name === '' ? 'Say what to do' : `There is no ${JSON.stringify(name)}`
    throw new UsageError(`${problem}: ${Object.keys(acts).join(', ')}; see ${call} --help`)
  }
  const rows = Object.entries(acts).map(([act, { about }]) => [act, about])
  process.stdout.write(
    `${call} <act> [options]\n${about}\n\n${writeTable(rows, '  ')}\nEach has a --help of its own.\n`,
  )
}

/** One of the acts of a command. */
interface Act {
  about: string
  run(args: readonly string[]): Promise<void>
}
