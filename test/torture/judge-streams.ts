import { type Check, nothing } from './checks.ts'
import type { StreamAccount } from './stream-ledger.ts'
import type { FollowingReport } from './subscribers.ts'
import type { WrittenLog } from './written-log.ts'

// How a connection may end: dropped by the client, cut with its gateway, told to go elsewhere, or refused by a port where
// nobody listens or whose gateway stops.
const goodEnds =
  /^(dropped|1001|1006|1013|4490|HTTP 503|stream closed|refused|ECONNRESET|ETIMEDOUT|EPIPE|no connection_ack|complete)$/
// What a stream says that its gateway ends for want of a database.
const goodErrors = /^(SERVICE_UNAVAILABLE|OVERLOADED|GOING_AWAY|LAGGING)$/

/** Whether everybody got what was written after the place they began at: once, in order, without a gap. */
export function judgeStreams(
  report: FollowingReport,
  logs: ReadonlyMap<string, WrittenLog>,
  { targets, isComplete, wasLong }: { targets: ReadonlyMap<string, number>; isComplete: boolean; wasLong: boolean },
): Check[] {
  const { accounts, received, ends, errors, stalledEnds } = report
  const begun = accounts.filter(({ start }) => start !== undefined)
  const many = `${begun.length} subscribers, ${received} events`
  const kindOf = ({ kind, workspaceId }: StreamAccount) => `${kind} of ${workspaceId}`
  const disorder = begun.flatMap(account => account.violations.map(what => `${kindOf(account)}: ${what}`))
  const unfinished = begun.filter(
    ({ workspaceId, position, isPartial }) => !isPartial && position < (targets.get(workspaceId) ?? Number.NaN),
  )
  const wrong = begun.filter(account => !isExact(account, logs.get(account.workspaceId)))
  const closed = (stalledEnds['4490'] ?? 0) + (stalledEnds['1006'] ?? 0)
  const begunLate = accounts.filter(({ start, isPartial }) => start === undefined && !isPartial)
  return [
    nothing('no gap, no duplicate, no disorder in any stream', disorder, many),
    nothing(
      'every stream reached the end of its log',
      unfinished.map(account => `${kindOf(account)} at ${account.position} of ${targets.get(account.workspaceId)}`),
      `${many}${isComplete ? '' : ', not in time'}`,
    ),
    nothing('every stream had exactly the events of the log', wrong.map(kindOf), many),
    nothing('every subscriber followed', begunLate.map(kindOf), `${accounts.length} subscribers`),
    nothing(
      'connections end as they may',
      Object.keys(ends).filter(how => !goodEnds.test(how)),
      `${Object.values(ends).reduce((sum, count) => sum + count, 0)} connections`,
    ),
    nothing(
      'streams end with errors that may pass',
      Object.keys(errors).filter(code => !goodErrors.test(code)),
      `${Object.values(errors).reduce((sum, count) => sum + count, 0)} errors`,
    ),
    ...(wasLong
      ? [
          {
            name: 'stalled consumers are closed',
            // With 4490 and a cursor; who reads again more than a second later finds the connection gone, which is 1006.
            passed: closed > 0 && stalledEnds['not closed'] === undefined,
            detail: JSON.stringify(stalledEnds),
          },
        ]
      : []),
  ]
}

function isExact({ start = 0, position, isFiltered, count, ids }: StreamAccount, log: WrittenLog | undefined): boolean {
  const written = log?.between(start, position, isFiltered)
  return written?.count === count && written.ids === ids
}
