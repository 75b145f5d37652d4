import { setTimeout as delay } from 'node:timers/promises'
import { cpuMsOf, cpuMsOfTree } from './cpu-time.ts'
import { type Load, type LoadTarget, load } from './load.ts'

/** A server that takes its turn in every round. */
export interface Contender extends LoadTarget {
  name: string
  pid: number
}

export interface Turn extends Load {
  /** Milliseconds of CPU for each request; of PostgreSQL undefined when it runs on another machine. */
  serverMs: number
  databaseMs: number | undefined
}

export interface TurnOptions {
  wrk: string
  rounds: number
  seconds: number
  connections: number
  postmaster: number | undefined
  say: (line: string) => void
}

const warmUpSeconds = 3

/** Lets each contender have a turn in each round, in an order that goes round, after all of them have warmed up. */
export async function takeTurns(
  contenders: readonly Contender[],
  options: TurnOptions,
): Promise<Map<Contender, Turn[]>> {
  const turns = new Map<Contender, Turn[]>(contenders.map(contender => [contender, []]))
  for (const contender of contenders) {
    await load(options.wrk, contender, { seconds: warmUpSeconds, connections: options.connections })
  }
  for (let round = 0; round < options.rounds; round += 1) {
    options.say(`round ${round + 1} of ${options.rounds}`)
    for (let place = 0; place < contenders.length; place += 1) {
      const contender = contenders[(round + place) % contenders.length]
      if (contender !== undefined) turns.get(contender)?.push(await takeTurn(contender, options))
    }
  }
  return turns
}

async function takeTurn(contender: Contender, { wrk, seconds, connections, postmaster }: TurnOptions): Promise<Turn> {
  // What the one before has left to do is not this one's.
  await delay(200)
  const server = cpuMsOf(contender.pid)
  const database = postmaster === undefined ? 0 : cpuMsOfTree(postmaster)
  const seen = await load(wrk, contender, { seconds, connections })
  const used = (now: number, before: number) => (now - before) / seen.requests
  return {
    ...seen,
    serverMs: used(cpuMsOf(contender.pid), server),
    databaseMs: postmaster === undefined ? undefined : used(cpuMsOfTree(postmaster), database),
  }
}

/** The turn in the middle, each figure by itself. */
export function middleOf(turns: readonly Turn[]): Turn {
  const middle = (figure: (turn: Turn) => number) => {
    const figures = turns.map(figure).sort((a, b) => a - b)
    return figures[Math.floor(figures.length / 2)] ?? 0
  }
  return {
    requests: turns.reduce((sum, { requests }) => sum + requests, 0),
    perSecond: middle(turn => turn.perSecond),
    p50: middle(turn => turn.p50),
    p90: middle(turn => turn.p90),
    p99: middle(turn => turn.p99),
    serverMs: middle(turn => turn.serverMs),
    databaseMs: turns[0]?.databaseMs === undefined ? undefined : middle(turn => turn.databaseMs ?? 0),
  }
}
