import type { Check } from './checks.ts'
import type { Journal } from './journal.ts'
import type { WebhookFigures } from './judge-webhooks.ts'
import type { Killings } from './killers.ts'
import type { TortureOptions } from './options.ts'
import type { FollowingReport, LagFigures } from './subscribers.ts'

/** What the writers did, in numbers. */
export interface WriteFigures {
  mutations: number
  appends: number
  longTransactions: number
  eventsRolledBack: number
  cutOff: number
  retries: Record<string, number>
}

export function figuresOf({
  mutations,
  appends,
  longTransactions,
  rolledBack,
  doubtful,
  retries,
}: Journal): WriteFigures {
  return {
    mutations: mutations.length,
    appends: appends.length,
    longTransactions,
    eventsRolledBack: rolledBack.length,
    cutOff: doubtful,
    retries,
  }
}

export function withoutAccounts({ accounts, ...rest }: FollowingReport): Ledger['following'] {
  return { subscribers: accounts.length, ...rest }
}

/** All that is known in the end. */
export interface Ledger {
  options: TortureOptions
  settledSeconds: number
  eventsWritten: number
  workspaces: number
  written: WriteFigures
  following: Omit<FollowingReport, 'accounts'> & { subscribers: number }
  killings: Killings
  gateways: { starts: number; failedStarts: number }
  webhooks: WebhookFigures
  undelivered: number
  logLines: Record<string, number>
  checks: Check[]
}

/** The ledger as people read it. */
export function writeLedger(ledger: Ledger): string {
  const { options, written, following, killings, gateways, webhooks, checks } = ledger
  const failed = checks.filter(({ passed }) => !passed)
  const rows: [string, string][] = [
    ['run', `${options.seconds} s and ${ledger.settledSeconds} s to settle, seed ${options.seed}`],
    [
      'events written',
      `${ledger.eventsWritten} in ${ledger.workspaces} workspaces, ${rate(ledger)}/s while PostgreSQL was there`,
    ],
    ['acknowledged', `${written.mutations} mutations, ${written.appends} appending transactions`],
    [
      'transactions',
      `${written.longTransactions} long, ${written.eventsRolledBack} events rolled back, ${written.cutOff} cut off`,
    ],
    ['sent again', list(written.retries)],
    [
      'killed with -9',
      `${killings.gatewayKills} gateways, ${killings.postgresKills} PostgreSQL, ${killings.backendKills} backends`,
    ],
    ['PostgreSQL away', killings.away.map(ms => `${ms} ms`).join(', ') || 'never'],
    ['second gateway', `${killings.joins} joins, ${killings.leaves} leaves in order`],
    ['gateway starts', `${gateways.starts}, ${gateways.failedStarts} while PostgreSQL was away`],
    ['subscribers', `${following.subscribers}, ${following.connects} connections, ${following.resumes} from a cursor`],
    ['events received', String(following.received)],
    ['connections ended', list(following.ends)],
    ['errors of streams', list(following.errors)],
    ['stalled consumers', list(following.stalledEnds)],
    ['lag while killing', writeLag(following.lag.rough)],
    ['lag without', writeLag(following.lag.calm)],
    [
      'webhooks',
      `${webhooks.due} due, ${webhooks.taken} taken, ${webhooks.again} again, ${webhooks.requests} requests`,
    ],
    ['answers', list(webhooks.moods)],
    ['not delivered', String(ledger.undelivered)],
    ...Object.entries(ledger.logLines)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 12)
      .map(([text, count]): [string, string] => ['gateway log', `${count} × ${text}`]),
  ]
  const verdicts = checks.map(({ passed, name, detail }) => `${passed ? 'pass' : 'FAIL'}  ${name.padEnd(50)} ${detail}`)
  const last = failed.length === 0 ? 'nothing was lost' : `${failed.length} checks failed`
  const table = rows.map(([name, text]) => `${name.padEnd(18)} ${text}`)
  return `${[...table, '', ...verdicts, '', `${last}; again: npm run torture -- --seed ${options.seed}`].join('\n')}\n`
}

function rate({ eventsWritten, options, killings }: Ledger): number {
  const awaySeconds = killings.away.reduce((sum, ms) => sum + ms, 0) / 1_000
  return Math.round(eventsWritten / (options.seconds - awaySeconds))
}

function list(counts: Record<string, number>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return entries.map(([what, count]) => `${count} ${what}`).join(', ') || 'none'
}

function writeLag({ samples, p50, p99, p999 }: LagFigures): string {
  return samples === 0 ? 'no samples' : `p50 ${p50} ms, p99 ${p99} ms, p99.9 ${p999} ms`
}
