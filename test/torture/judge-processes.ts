import { readFileSync } from 'node:fs'
import { type Check, nothing } from './checks.ts'
import type { GatewayProcess } from './gateway-process.ts'
import type { Held } from './sampler.ts'

/** What a gateway held before anybody came and after everybody had gone. */
export interface Rest {
  before: Held | undefined
  after: Held | undefined
  /** To PostgreSQL, when nobody had come. */
  connectionsBefore: number
  /** Megabytes without garbage, then as well. */
  liveBefore: number
  liveAfter: number
  connections: number
}

const maxMegabytes = 700
const maxGrownMegabytes = 25
const maxGrownHandles = 20
// The pool, the shared ones, the feed's, the worker's, and the one that looks whether it is ready.
const connectionsOfGateway = 10 + 2 + 1 + 3 + 1

/** Whether the gateways lived on, and held no more than they may. */
export function judgeProcesses(
  gateways: readonly GatewayProcess[],
  held: readonly Held[],
  connections: readonly number[],
  rest: Rest,
): Check[] {
  const most = Math.max(...held.map(({ megabytes }) => megabytes))
  const { before, after } = rest
  const handles = {
    before: (before?.handles ?? Number.NaN) - rest.connectionsBefore,
    after: (after?.handles ?? Number.NaN) - rest.connections,
  }
  return [
    nothing(
      'no gateway ended by itself',
      gateways.flatMap(({ deaths }) => deaths),
      `${gateways.reduce((sum, { starts }) => sum + starts, 0)} starts`,
    ),
    { name: 'memory stays bounded', passed: most <= maxMegabytes, detail: `at most ${most} MiB` },
    {
      name: 'memory is given back',
      passed: rest.liveAfter - rest.liveBefore <= maxGrownMegabytes,
      detail: `${rest.liveBefore} MiB live before, ${rest.liveAfter} MiB after all had gone`,
    },
    {
      name: 'file descriptors are given back',
      passed: handles.after - handles.before <= maxGrownHandles,
      detail: `${handles.before} before, ${handles.after} after all had gone, without those to PostgreSQL`,
    },
    // PostgreSQL takes a moment to notice that one was killed.
    {
      name: 'connections to PostgreSQL stay bounded',
      passed:
        Math.max(...connections) <= (gateways.length + 1) * connectionsOfGateway &&
        rest.connections <= connectionsOfGateway,
      detail: `at most ${Math.max(...connections)} of two gateways, ${rest.connections} of one in the end`,
    },
  ]
}

/** What the gateways wrote into their logs, by level and message. */
export function countLogLines(gateways: readonly GatewayProcess[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { logFile } of gateways) {
    for (const line of readFileSync(logFile, 'utf8').split('\n')) {
      if (!line.startsWith('{"level"')) continue
      try {
        const { level, msg, err } = JSON.parse(line) as { level: number; msg?: string; err?: { message?: string } }
        const text = `${level >= 50 ? 'error' : 'warning'}: ${msg ?? ''}${err === undefined ? '' : `: ${err.message}`}`
        const kind = text.slice(0, 160).replaceAll(/\d+/g, 'n')
        counts[kind] = (counts[kind] ?? 0) + 1
      } catch {
        // Cut off by a kill.
      }
    }
  }
  return counts
}
