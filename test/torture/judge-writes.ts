import type pg from 'pg'
import { type Check, nothing } from './checks.ts'
import type { AcknowledgedMutation, Journal } from './journal.ts'
import type { WrittenLog } from './written-log.ts'

type Logs = ReadonlyMap<string, WrittenLog>

// What a client is told when the gateway or PostgreSQL is away or busy: send it again.
const retryable =
  /^(E?CONN\w+|EPIPE|UND_ERR_SOCKET|UND_ERR_\w+|no answer|IdempotencyInFlight|503 (OVERLOADED|SERVICE_UNAVAILABLE|TIMEOUT|GOING_AWAY)|other side closed|terminated)$/

/** Whether what was acknowledged is there, once, and nothing else is. */
export async function judgeWrites(client: pg.Client, journal: Journal, logs: Logs): Promise<Check[]> {
  const { mutations, appends, rolledBack } = journal
  const all = [...logs.values()]
  const written = all.reduce((sum, { events }) => sum + events.length, 0)
  return [
    nothing('sequences in the database are gapless', gaps(all), `${all.length} workspaces, ${written} events`),
    nothing('acknowledged appends are in the log', lostAppends(journal, logs), `${appends.length} transactions`),
    nothing('rolled back events are not', found(rolledBack, all), `${rolledBack.length} events`),
    nothing(
      'acknowledged mutations have their events',
      lostMutations(mutations, logs),
      `${mutations.length} mutations`,
    ),
    nothing(
      'one order for each idempotency key',
      await ordersNotOne(client, mutations),
      `${keysOf(mutations).length} keys`,
    ),
    nothing('one event for each thing done', eventsNotOne(mutations, logs), `${mutations.length} mutations`),
    nothing('everything was answered in the end', journal.unanswered, `${mutations.length} mutations`),
    nothing('answers are what they may be', journal.violations, `${journal.replays} replays`),
    nothing(
      'failures say that one may try again',
      Object.keys(journal.retries).filter(reason => !retryable.test(reason)),
      `${Object.values(journal.retries).reduce((sum, count) => sum + count, 0)} failures`,
    ),
  ]
}

function gaps(logs: readonly WrittenLog[]): string[] {
  return logs.flatMap(({ workspaceId, events, last }) => {
    const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1)
    if (gap !== -1) return [`workspace ${workspaceId} has ${events[gap]?.sequence} where ${gap + 1} should be`]
    return events.length === last
      ? []
      : [`workspace ${workspaceId} has ${events.length} events, its counter says ${last}`]
  })
}

function lostAppends({ appends }: Journal, logs: Logs): string[] {
  return appends.flatMap(({ workspaceId, last, count, ids }) => {
    const there = logs.get(workspaceId)?.between(last - count, last, false)
    return there?.count === count && there.ids === ids ? [] : [`${count} events up to ${workspaceId}/${last}`]
  })
}

function found(ids: readonly string[], logs: readonly WrittenLog[]): string[] {
  const rolledBack = new Set(ids)
  return logs.flatMap(({ events }) => events.filter(({ id }) => rolledBack.has(id)).map(({ id }) => id))
}

const subjectTypes = { createOrder: 'Order', createInvoice: 'Orders::Invoice', setInvoiceStatus: 'Orders::Invoice' }
const eventTypes = {
  createOrder: 'order.created',
  createInvoice: 'orders/invoice.created',
  setInvoiceStatus: 'orders/invoice.paid',
}

function lostMutations(mutations: readonly AcknowledgedMutation[], logs: Logs): string[] {
  return mutations.flatMap(({ workspaceId, mutation, key, subjectId, sequence }) => {
    const events = logs.get(workspaceId)?.events ?? []
    const subject = `${subjectTypes[mutation]}/${subjectId}`
    // A transaction writes a handful of events, the cursor is that of the last one.
    const own = events.slice(Math.max(0, sequence - 10), sequence)
    return own.some(event => event.subject === subject && event.type === eventTypes[mutation]) ? [] : [key]
  })
}

const keysOf = (mutations: readonly AcknowledgedMutation[]) =>
  mutations.filter(({ mutation }) => mutation === 'createOrder').map(({ key }) => key)

async function ordersNotOne(client: pg.Client, mutations: readonly AcknowledgedMutation[]): Promise<string[]> {
  const { rows } = await client.query<{ notes: string; count: string }>(
    'select notes, count(*) from orders where notes is not null group by notes',
  )
  const counts = new Map(rows.map(({ notes, count }) => [notes, Number(count)]))
  const missing = keysOf(mutations).filter(key => counts.get(key) !== 1)
  // Also of those that were never acknowledged.
  return [...missing, ...rows.filter(({ count }) => Number(count) > 1).map(({ notes }) => notes)]
}

function eventsNotOne(mutations: readonly AcknowledgedMutation[], logs: Logs): string[] {
  const counts = new Map<string, number>()
  for (const { workspaceId, events } of logs.values()) {
    for (const { type, subject } of events) {
      if (!type.endsWith('.created') && !type.endsWith('.paid')) continue
      const thing = `${workspaceId} ${type} ${subject}`
      counts.set(thing, (counts.get(thing) ?? 0) + 1)
    }
  }
  return mutations.flatMap(({ workspaceId, mutation, key, subjectId }) => {
    const count = counts.get(`${workspaceId} ${eventTypes[mutation]} ${subjectTypes[mutation]}/${subjectId}`)
    return count === 1 ? [] : [`${key}: ${count ?? 0} of ${eventTypes[mutation]}`]
  })
}
