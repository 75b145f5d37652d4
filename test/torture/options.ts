import { parseArgs } from 'node:util'

/** What `npm run torture` was asked for. */
export interface TortureOptions {
  /** Seconds that everything is written, followed, cut and killed; then it settles and is judged. */
  seconds: number
  subscribers: number
  eventsPerSecond: number
  writers: number
  /** The same seed makes the same choices; when what happens is up to the machine. */
  seed: number
  json: boolean
}

const help = `npm run torture -- [options]
Writes to a store, follows its log and receives its webhooks while gateways and PostgreSQL are killed with -9, then
judges what everybody got and prints a ledger. Ends with a code other than 0 when anything was lost.

  --seconds <n>            Seconds of it; a minute or two to settle follow. (default: 120)
  --subscribers <n>        Subscribers that drop every 0.1 to 3 s and resume. (default: 500)
  --events-per-second <n>  Events that are written, at most. (default: 2000)
  --writers <n>            Writers at the same time. (default: 16)
  --seed <n>               Makes the same choices as the run that printed it. (default: a random one)
  --json                   Print the ledger as one line of JSON.
  --help                   Print this.
`

const number = { type: 'string' } as const

/** The options; undefined when only the help was asked for. */
export function readOptions(args: readonly string[]): TortureOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: number,
      subscribers: number,
      'events-per-second': number,
      writers: number,
      seed: number,
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return undefined
  }
  const whole = (name: 'seconds' | 'subscribers' | 'events-per-second' | 'writers' | 'seed', usual: number) => {
    const value = Number(values[name] ?? usual)
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1 on`)
    return value
  }
  return {
    seconds: whole('seconds', 120),
    subscribers: whole('subscribers', 500),
    eventsPerSecond: whole('events-per-second', 2_000),
    writers: whole('writers', 16),
    seed: whole('seed', 1 + Math.floor(Math.random() * 1_000_000)),
    json: values.json ?? false,
  }
}
