import { styleText } from 'node:util'
import { clickFunnelsSecret, standardWebhooksSecret } from '../../webhooks/webhook-secret.ts'
import { writeTable } from '../arguments.ts'
import { subjectOf } from './event-subject.ts'
import type { Forwarded } from './forwarder.ts'
import type { StreamedEvent } from './stream-items.ts'

/** What is listened to, and where it goes. */
interface Listening {
  url: string
  workspace: string
  to: string
  secret: Buffer
  cursor: string
}

/** How a run went; `cursor` is the place to go on from. */
interface Summary {
  taken: number
  refused: number
  seconds: number
  cursor: string
}

/** Tells what happens. */
interface Report {
  started(listening: Listening): void
  forwarded(event: StreamedEvent & { cursor: string }, outcome: Forwarded): void
  /** The receiver is down; it is tried again. */
  receiverDown(error: string): void
  /** The stream is cut; it is tried again. */
  cut(reason: string): void
  resumed(): void
  ended(summary: Summary): void
}

/** A report of lines for people; `goOn` is the command line that goes on from a cursor. */
export function textReport(out: NodeJS.WriteStream, goOn: (cursor: string) => string): Report {
  const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: out })
  const write = (line: string) => out.write(`${line}\n`)
  const remark = (line: string) => write(style('yellow', line.replace(/\p{C}/gu, '\ufffd')))
  return {
    started({ url, workspace, to, secret }) {
      const rows = [
        ['From', `${workspace}, ${url}`],
        ['To', to],
        ['Secret', clickFunnelsSecret(secret)],
        ['', `${standardWebhooksSecret(secret)} (Standard Webhooks)`],
      ]
      out.write(`\nListening. Ctrl-C stops it.\n\n${writeTable(rows, '  ')}\n`)
    },
    forwarded(event, { status, error, durationMs, attempts }) {
      const answer = status === undefined ? (error ?? 'no answer') : String(status)
      const again = attempts > 1 ? `, attempt ${attempts}` : ''
      write(
        [
          style('dim', event.createdAt),
          style('bold', event.eventType.padEnd(28)),
          subjectOf(event.payload).padEnd(40),
          `${style(error === undefined ? 'green' : 'red', answer)} in ${Math.round(durationMs)} ms${again}`,
          style('dim', event.eventId),
        ].join('  '),
      )
    },
    receiverDown: error => remark(`The receiver is down (${error}). Trying until it is back.`),
    cut: reason => remark(`The stream was cut (${reason}). Trying again.`),
    resumed: () => remark('The stream goes on where it was cut.'),
    ended({ taken, refused, seconds, cursor }) {
      const counts = `${taken + refused} events in ${seconds} s: ${taken} taken, ${refused} not`
      out.write(`\nStopped. ${counts}. Go on from here:\n${goOn(cursor)}\n`)
    },
  }
}

/** A report of one JSON object a line, for programs. */
export function jsonReport(out: NodeJS.WriteStream): Report {
  const write = (kind: string, members: object = {}) => out.write(`${JSON.stringify({ kind, ...members })}\n`)
  return {
    started: ({ secret, ...listening }) => write('started', { ...listening, secret: clickFunnelsSecret(secret) }),
    forwarded({ payload, cursor, eventId, sequence, eventType, createdAt, liveMode }, outcome) {
      const event = { cursor, eventId, sequence, eventType, createdAt, liveMode }
      write('event', { ...event, subject: subjectOf(payload), ...outcome, durationMs: Math.round(outcome.durationMs) })
    },
    receiverDown: error => write('receiverDown', { error }),
    cut: reason => write('cut', { reason }),
    resumed: () => write('resumed'),
    ended: summary => write('ended', summary),
  }
}
