import { parseArgs } from 'node:util'

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  orders: number
  rounds: number
  /** Seconds of load in each turn of a round. */
  seconds: number
  connections: number
  json: boolean
  /** Where the benchmark's own PostgreSQL keeps its data; undefined: in a directory that is removed at the end. */
  data: string | undefined
}

const help = `npm run bench -- [options]
Compares this gateway with one hand-written statement behind node:http, PostGraphile 5 and a Yoga that only says hello,
on the same data, then its createOrder with pgbench. Uses DATABASE_URL, or else a PostgreSQL of its own.

  --orders <n>       Orders in the data set. (default: 100000)
  --rounds <n>       Rounds in which every server has its turn. (default: 5)
  --seconds <n>      Seconds of load in each turn. (default: 5)
  --connections <n>  Connections of the load generator for reads. (default: 16)
  --data <dir>       Keep the data of the own PostgreSQL there and use it again.
  --quick            Two rounds of two seconds on 20,000 orders: shows that it works, not how fast.
  --json             Print the JSON line alone.
  --help             Print this.
`

/** The options; undefined when only the help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      data: { type: 'string' },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return undefined
  }
  const number = (name: 'orders' | 'rounds' | 'seconds' | 'connections', usual: number) => {
    const value = Number(values[name] ?? usual)
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1 on`)
    return value
  }
  return {
    orders: number('orders', values.quick ? 20_000 : 100_000),
    rounds: number('rounds', values.quick ? 2 : 5),
    seconds: number('seconds', values.quick ? 2 : 5),
    connections: number('connections', 16),
    json: values.json ?? false,
    data: values.data,
  }
}
