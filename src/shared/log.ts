import { styleText } from 'node:util'
import pino from 'pino'
import type { Config } from '../config.ts'

/** The log on standard output, and how to write out what it still holds. */
interface Log {
  log: pino.Logger
  flush(): void
}

// Lines are written together: each write costs as much as a request has of everything else.
const heldBytes = 4 * 1024
const heldMs = 50

// What a reader that stalls may leave with us; lines beyond are dropped.
const maxHeldBytes = 16 * 1024 * 1024

/** Opens the log. Lines are written in the background, so that a request never waits for a terminal or a disk. */
export function openLog({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Log {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    maxLength: maxHeldBytes,
    minLength: heldBytes,
    periodicFlush: heldMs,
  })
  const options: pino.LoggerOptions = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const colored = logFormat === 'pretty' && process.stdout.isTTY
  const stream = { write: (line: string) => destination.write(formatLine(line, colored)) }
  const log = logFormat === 'json' ? pino(options, destination) : pino(options, stream)
  return {
    log,
    flush() {
      try {
        destination.flushSync()
      } catch {
        // Standard output is closed, or was not open yet: nobody reads on.
      }
    },
  }
}

type Style = Parameters<typeof styleText>[0]

const levels: Record<number, [string, Style]> = {
  10: ['TRACE', 'gray'],
  20: ['DEBUG', 'gray'],
  30: ['INFO ', 'green'],
  40: ['WARN ', 'yellow'],
  50: ['ERROR', 'red'],
  60: ['FATAL', 'red'],
}

/** A line of JSON as people read it: time, level, message, then what else it says, stacks below. */
function formatLine(line: string, colored: boolean): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const style = (format: Style, text: string) => (colored ? styleText(format, text, { validateStream: false }) : text)
  const [name, color] = levels[Number(level)] ?? [String(level), 'gray']
  const members = Object.entries(rest).map(([key, value]) => style('gray', `${key}=${formatValue(value)}`))
  const head = [
    style('gray', String(time).slice(11, 23)),
    style(color, name),
    ...(msg ? [String(msg)] : []),
    ...members,
  ]
  const { stack, message } = (err ?? {}) as { stack?: string; message?: string }
  const error = stack ?? message
  return `${head.join(' ')}\n${error === undefined ? '' : `${error.replace(/^/gm, '    ')}\n`}`
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/+@-]+$/.test(value)) return value
  return JSON.stringify(value)
}
