import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** What a load generator saw. Latencies in milliseconds. */
export interface Load {
  requests: number
  perSecond: number
  p50: number
  p90: number
  p99: number
}

export interface LoadTarget {
  url: string
  key: string | undefined
  /** A file with a body in each line. */
  bodies: string
}

const script = resolve(import.meta.dirname, 'post.lua')

/** Loads a server with wrk for some seconds. Throws when an answer was not 200. */
export async function load(
  wrk: string,
  target: LoadTarget,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Load> {
  const shape = ['--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}s`, '--latency']
  const args = [target.bodies, ...(target.key === undefined ? [] : [target.key])]
  const { stdout } = await promisify(execFile)(wrk, [...shape, '--script', script, target.url, '--', ...args])
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: .*/.exec(stdout)?.[0]
  if (failed !== undefined) throw new Error(`${target.url}: ${failed}`)
  return {
    requests: numberIn(stdout, /(\d+) requests in/),
    perSecond: numberIn(stdout, /Requests\/sec:\s+([\d.]+)/),
    p50: milliseconds(stdout, 50),
    p90: milliseconds(stdout, 90),
    p99: milliseconds(stdout, 99),
  }
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`wrk did not say ${pattern}:\n${text}`)
  return Number(found)
}

function milliseconds(text: string, percent: number): number {
  const [, value, unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(text) ?? []
  if (value === undefined) throw new Error(`wrk did not say its latencies:\n${text}`)
  return Number(value) * ({ us: 0.001, ms: 1 }[unit] ?? 1_000)
}
