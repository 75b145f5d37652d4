import { Buffer } from 'node:buffer'
import { generateSecret } from '../webhooks/webhook-secret.ts'
import { jsonOption, readArguments, UsageError } from './arguments.ts'
import { findPlace } from './listen/find-place.ts'
import { followGateway } from './listen/follow-gateway.ts'
import { Forwarder } from './listen/forwarder.ts'
import { jsonReport, textReport } from './listen/report.ts'
import { readWantedTypes } from './listen/wanted-types.ts'
import { gatewayOptions, openRemoteGateway, readHttpUrl } from './remote-gateway.ts'
import { onStopSignal } from './stop-signals.ts'

const call = 'npm run listen --'
// An answer that is on its way may take so long after Ctrl-C.
const farewellMs = 3_000

/** `listen`: forwards a gateway's events to a local URL until a signal stops it. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call,
    about: `Forwards the events of a gateway to a URL, as its webhooks would: the same body, signed in the same two ways. In order,
one after the other; a receiver that is down is waited for, an answer that is no success is shown and passed over.`,
    options: {
      to: { value: '<url>', about: 'Where to post the events.', required: true },
      types: { value: '<types>', about: 'Only these, comma-separated: orders/invoice.paid,order.* Without it: all.' },
      after: {
        value: '<place>',
        about: 'Where to begin: a cursor, START for all that is kept, or a time ago such as 2h. Without it: now.',
      },
      ...gatewayOptions,
      secret: { value: '<hex>', about: 'Secret to sign with, 64 hexadecimal digits. Without it: a new one.' },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  const to = readHttpUrl('to', values.to)
  const types = readWantedTypes(values.types)
  const secret = readSecret(values.secret)
  const gateway = await openRemoteGateway(values)
  const { cursor: begin, workspace } = await findPlace(gateway, values.after)

  const stopping = new AbortController()
  const cuttingOff = new AbortController()
  const stop = () => {
    stopping.abort()
    setTimeout(() => cuttingOff.abort(), farewellMs).unref()
  }
  onStopSignal(stop, () => cuttingOff.abort())
  // Whoever read the output has gone.
  process.stdout.on('error', stop)

  const goOn = (cursor: string) => {
    const again = { to: values.to, types: values.types, url: values.url, secret: values.secret, after: cursor }
    const options = Object.entries(again).flatMap(([name, value]) => (value ? `--${name} ${quote(value)}` : []))
    return [call, ...options].join(' ')
  }
  const report = values.json ? jsonReport(process.stdout) : textReport(process.stdout, goOn)
  await using forwarder = new Forwarder({
    to,
    secret,
    stopping: stopping.signal,
    cuttingOff: cuttingOff.signal,
    onDown: error => report.receiverDown(error),
  })
  const startedAt = performance.now()
  let cursor = begin
  let taken = 0
  let refused = 0
  const end = () =>
    report.ended({ taken, refused, seconds: Math.round((performance.now() - startedAt) / 1_000), cursor })
  report.started({ url: gateway.url, workspace, to: to.href, secret, cursor })
  try {
    const items = followGateway({
      gateway,
      after: begin,
      types,
      signal: stopping.signal,
      onCut: reason => report.cut(reason),
      onResumed: () => report.resumed(),
    })
    for await (const item of items) {
      if (item.eventId !== undefined) {
        const outcome = await forwarder.forward(item)
        if (outcome === undefined) break
        if (outcome.error === undefined) taken += 1
        else refused += 1
        report.forwarded(item, outcome)
      }
      cursor = item.cursor
    }
  } catch (error) {
    if (taken + refused > 0) end()
    throw error
  }
  end()
}

function readSecret(hex: string | undefined): Buffer {
  if (hex === undefined) return generateSecret()
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  throw new UsageError('--secret is not 64 hexadecimal digits')
}

function quote(text: string): string {
  return /^[\w:/.,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
