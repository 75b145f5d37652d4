import { Random } from '../../src/seed/random.ts'
import { GatewayChoice } from './gateway-choice.ts'
import { LagHistogram } from './lag-histogram.ts'
import { obey } from './part.ts'
import type { Stage } from './stage.ts'
import { StalledConsumer } from './stalled-consumer.ts'
import type { StreamAccount } from './stream-ledger.ts'
import { type Crowd, Subscriber, type SubscriberKind } from './subscriber.ts'

// All that follow the log, in a process of their own.

export interface Following extends Stage {
  subscribers: number
  stalled: number
}

/** What all of them got. */
export interface FollowingReport {
  accounts: StreamAccount[]
  connects: number
  resumes: number
  received: number
  ends: Record<string, number>
  errors: Record<string, number>
  stalledEnds: Record<string, number>
  /** Milliseconds from an event's time to its arrival, of events that came live: while everything is killed, and while only clients drop. */
  lag: { rough: LagFigures; calm: LagFigures }
}

export interface LagFigures {
  samples: number
  p50: number
  p99: number
  p999: number
}

// Of twelve subscribers in a workspace.
const kinds: readonly SubscriberKind[] = [
  ...Array.from({ length: 6 }, () => 'shared' as const),
  'distinct',
  'distinct',
  'filtered',
  'filtered',
  'distinct filtered',
  'event stream',
]

const rough = new LagHistogram()
const calm = new LagHistogram()
const subscribers: Subscriber[] = []
const stalled: StalledConsumer[] = []
let running: Promise<unknown> = Promise.resolve()
let crowd: Crowd

function start(stage: Following): void {
  crowd = {
    gateways: new GatewayChoice(stage.gateways, new Random([stage.seed, 3])),
    lag: rough,
    ends: {},
    errors: {},
    connects: 0,
    resumes: 0,
    received: 0,
    last: undefined,
  }
  for (let number = 0; number < stage.subscribers; number += 1) {
    const place = stage.places[Math.floor(number / kinds.length) % stage.places.length]
    const kind = kinds[number % kinds.length]
    if (place === undefined || kind === undefined) continue
    subscribers.push(new Subscriber(place, kind, number, new Random([stage.seed, 4, number]), crowd))
  }
  // In the workspace with a backlog, at the gateway that stays.
  const [place, gateway] = [stage.places.at(-1), stage.gateways[0]]
  for (let number = 0; number < stage.stalled && place !== undefined && gateway !== undefined; number += 1)
    stalled.push(new StalledConsumer(place, gateway, new Random([stage.seed, 5, number]), crowd))
  running = Promise.all([...subscribers, ...stalled].map(one => one.run()))
}

/** Nothing more is written: everybody gets what there is. True when everybody did within the time. */
async function settle({ last, withinMs }: { last: Map<string, number>; withinMs: number }): Promise<boolean> {
  crowd.last = last
  for (const one of [...subscribers, ...stalled]) one.settle()
  const patience = Promise.withResolvers<false>()
  const timer = setTimeout(() => patience.resolve(false), withinMs)
  const isComplete = await Promise.race([running.then(() => true), patience.promise])
  clearTimeout(timer)
  for (const one of [...subscribers, ...stalled]) one.end()
  await running
  return isComplete
}

function report(): FollowingReport {
  const stalledEnds: Record<string, number> = {}
  for (const { ends } of stalled)
    for (const [how, count] of Object.entries(ends)) stalledEnds[how] = (stalledEnds[how] ?? 0) + count
  const { connects, resumes, received, ends, errors } = crowd
  return {
    accounts: [...subscribers.map(({ ledger }) => ledger), ...stalled.flatMap(({ ledgers }) => ledgers)].map(
      ({ account }) => account,
    ),
    connects,
    resumes,
    received,
    ends,
    errors,
    stalledEnds,
    lag: { rough: figures(rough), calm: figures(calm) },
  }
}

function figures(lag: LagHistogram): LagFigures {
  return { samples: lag.total, p50: lag.percentile(0.5), p99: lag.percentile(0.99), p999: lag.percentile(0.999) }
}

obey({
  start,
  calm() {
    crowd.lag = calm
  },
  settle,
  report,
})
