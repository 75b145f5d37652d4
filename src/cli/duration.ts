import { UsageError } from './arguments.ts'

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of an option such as `90d`, `24h`, `30m` or `10s`; undefined when it is not given. Throws UsageError. */
export function readDuration(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? []
  const length = units[unit ?? '']
  if (count === undefined || length === undefined || Number(count) === 0) {
    throw new UsageError(`--${option} is ${JSON.stringify(text)}, must be a duration such as 90d, 24h, 30m or 10s`)
  }
  return Number(count) * length
}
