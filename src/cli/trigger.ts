import { type EventType, eventTypes } from '../events/event.ts'
import { jsonOption, readArguments, UsageError, writeTable } from './arguments.ts'
import { gatewayOptions, openRemoteGateway } from './remote-gateway.ts'
import { flows } from './trigger/flows.ts'
import { playFlow, readFlow, type Triggered } from './trigger/play-flow.ts'

const call = 'npm run trigger --'

/** `trigger`: plays what causes an event of a type, through the API. */
export async function run(args: readonly string[]): Promise<void> {
  const [first = ''] = args
  const name = first.startsWith('-') ? undefined : first
  const values = readArguments(name === undefined ? args : args.slice(1), {
    call: `${call} <event type>`,
    about: `Causes an event of that type by what really causes one: it makes a contact, a product, an order, an invoice and flips
them, as far as needed. In test mode. Contact and product are made once: trigger@example.com, sku trigger.`,
    options: {
      ...gatewayOptions,
      live: { about: 'Make live orders instead of test orders.' },
      list: { about: 'List the event types that can be triggered, and why the others cannot.' },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  if (values.list) return writeList(values.json)
  if (name === undefined || name === '') {
    throw new UsageError(`Say which event, first: ${call} orders/invoice.paid; see ${call} --list`)
  }
  const flow = readFlow(name)
  const triggered = await playFlow(await openRemoteGateway(values), flow, values.live)
  process.stdout.write(values.json ? `${JSON.stringify(triggered)}\n` : writeTriggered(triggered))
}

function writeTriggered({ eventType, eventId, sequence, createdAt, liveMode, cursor, objects }: Triggered): string {
  const mode = liveMode === null ? '' : liveMode ? ', live' : ', test mode'
  const rows = [
    ['Event', eventId],
    ['Sequence', sequence],
    ['Time', createdAt],
    ['Cursor', cursor],
    ...objects.map(({ kind, label, id }) => [kind.split('::').at(-1) ?? kind, `${label}, id ${id}`]),
  ]
  return `${eventType}${mode}\n${writeTable(rows, '  ')}`
}

function writeList(json: boolean): void {
  const types = Object.entries(flows) as [EventType, (typeof flows)[EventType]][]
  const listed = types.map(([type, flow]) => ({
    eventType: type,
    firesWhen: eventTypes[type].firesWhen,
    reason: typeof flow === 'string' ? flow : null,
  }))
  if (json) {
    process.stdout.write(`${JSON.stringify(listed)}\n`)
    return
  }
  const can = listed.filter(({ reason }) => reason === null).map(({ eventType, firesWhen }) => [eventType, firesWhen])
  const cannot = listed.flatMap(({ eventType, reason }) => (reason === null ? [] : [[eventType, reason]]))
  process.stdout.write(
    `These can be triggered:\n\n${writeTable(can, '  ')}\nThese cannot:\n\n${writeTable(cannot, '  ')}`,
  )
}
