import { arch, availableParallelism, cpus, platform } from 'node:os'
import type { Turn } from './turns.ts'
import type { Writes } from './writes.ts'

export interface Figures {
  deepPage: { gateway: Turn; ceiling: Turn; postgraphile: Turn }
  oneOrder: { gateway: Turn; ceiling: Turn; postgraphile: Turn; hello: Turn }
  deepPageBytes: number
  writes: Writes | undefined
}

interface Ratio {
  what: string
  ratio: number | undefined
  goal: string
  isReached: (ratio: number) => boolean
}

/** What the figures are compared by, and what is wanted of each. */
export function ratiosOf({ deepPage, oneOrder, writes }: Figures): Ratio[] {
  const least = (what: string, ratio: number | undefined, goal: number): Ratio => {
    return { what, ratio, goal: `≥ ${goal}`, isReached: reached => reached >= goal }
  }
  const cpu = cpuOf(deepPage.gateway)
  const ceilingCpu = cpuOf(deepPage.ceiling)
  return [
    least(
      'deep page, requests/s against PostGraphile',
      deepPage.gateway.perSecond / deepPage.postgraphile.perSecond,
      2,
    ),
    least('deep page, requests/s against the ceiling', deepPage.gateway.perSecond / deepPage.ceiling.perSecond, 0.7),
    {
      what: 'deep page, CPU per request against the ceiling',
      ratio: cpu === undefined || ceilingCpu === undefined ? undefined : cpu / ceilingCpu,
      goal: '≤ 1.2',
      isReached: reached => reached <= 1.2,
    },
    least('one order, requests/s against hello', oneOrder.gateway.perSecond / oneOrder.hello.perSecond, 0.5),
    least('createOrder, orders/s against pgbench', writes && writes.api / writes.pgbench, 0.5),
  ]
}

function cpuOf({ serverMs, databaseMs }: Turn): number | undefined {
  return databaseMs === undefined ? undefined : serverMs + databaseMs
}

/** The figures as a table for people. */
export function writeReport(figures: Figures): string {
  const { deepPage, oneOrder, writes } = figures
  const [processor] = cpus()
  const rows = [
    ['', 'requests/s', 'p50 ms', 'p90 ms', 'p99 ms', 'CPU ms: server', 'PostgreSQL', 'both'],
    [`deep page (${(figures.deepPageBytes / 1000).toFixed(1)} kB)`],
    turnRow('this gateway', deepPage.gateway),
    turnRow('ceiling', deepPage.ceiling),
    turnRow('PostGraphile 5', deepPage.postgraphile),
    ['one order by id'],
    turnRow('this gateway', oneOrder.gateway),
    turnRow('ceiling', oneOrder.ceiling),
    turnRow('PostGraphile 5', oneOrder.postgraphile),
    ['hello'],
    turnRow('bare Yoga', oneOrder.hello),
    ...(writes === undefined
      ? []
      : [
          [`createOrder with three lines, 8 clients (${writes.statements} statements)`],
          ['  this gateway', writes.api.toFixed(0)],
          ['  pgbench', writes.pgbench.toFixed(0)],
        ]),
  ]
  const ratios = ratiosOf(figures).map(({ what, ratio, goal, isReached }) => {
    if (ratio === undefined) return [what, 'not measured', goal]
    return [what, ratio.toFixed(2), `${goal}${isReached(ratio) ? '' : ', missed'}`]
  })
  const machine = `${availableParallelism()} × ${processor?.model.trim()}, ${platform()} ${arch()}, Node ${process.versions.node}`
  return `${machine}\n\n${writeRows(rows)}\n\n${writeRows(ratios)}\n`
}

function turnRow(name: string, turn: Turn): string[] {
  const { perSecond, p50, p90, p99, serverMs, databaseMs } = turn
  const ms = (figure: number | undefined) => figure?.toFixed(2) ?? '?'
  return [`  ${name}`, perSecond.toFixed(0), ms(p50), ms(p90), ms(p99), ms(serverMs), ms(databaseMs), ms(cpuOf(turn))]
}

// Headings, which stand alone, make no column wide.
function writeRows(rows: readonly string[][]): string {
  const widths: number[] = []
  for (const row of rows.filter(({ length }) => length > 1)) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n')
}
