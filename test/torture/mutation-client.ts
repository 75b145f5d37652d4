import { setTimeout as delay } from 'node:timers/promises'
import { graphql } from '../setup/client.ts'
import type { Found } from '../setup/shop.ts'
import { placeOfCursor } from './cursor-place.ts'
import type { GatewayChoice } from './gateway-choice.ts'
import type { AcknowledgedMutation, Journal } from './journal.ts'
import type { Place } from './stage.ts'

type Name = AcknowledgedMutation['mutation']

const inputs = {
  createOrder: 'CreateOrderInput',
  createInvoice: 'CreateInvoiceInput',
  setInvoiceStatus: 'SetInvoiceStatusInput',
}
const payloads = {
  createOrder: 'CreateOrderPayload',
  createInvoice: 'CreateInvoicePayload',
  setInvoiceStatus: 'SetInvoiceStatusPayload',
}
const subject = { createOrder: 'order', createInvoice: 'invoice', setInvoiceStatus: 'invoice' } as const

const answerMs = 15_000
const patienceMs = 180_000

const documentOf = (name: Name) => `mutation ($input: ${inputs[name]}!) { ${name}(input: $input) {
  __typename
  ... on ${payloads[name]} { replayed eventCursor ${subject[name]} { id databaseId } }
  ... on UserError { code message path }
} }`
const documents = {
  createOrder: documentOf('createOrder'),
  createInvoice: documentOf('createInvoice'),
  setInvoiceStatus: documentOf('setInvoiceStatus'),
}

/** What a mutation made or changed. */
export interface Done {
  id: string
  databaseId: string
  sequence: number
}

/** Sends mutations until they are answered, with the same key each time, whatever happens to the gateways. */
export class MutationClient {
  readonly #gateways: GatewayChoice
  readonly #journal: Journal

  constructor(gateways: GatewayChoice, journal: Journal) {
    this.#gateways = gateways
    this.#journal = journal
  }

  /** Undefined when nobody answered for three minutes, or what may not be answered. */
  async run(place: Place, name: Name, key: string, input: object): Promise<Done | undefined> {
    const deadline = performance.now() + patienceMs
    while (performance.now() < deadline) {
      const answer = await this.#send(place, name, { ...input, idempotencyKey: key })
      if (typeof answer === 'string') {
        this.#journal.retries[answer] = (this.#journal.retries[answer] ?? 0) + 1
        await delay(20 + Math.random() * 200)
        continue
      }
      if (answer.__typename !== payloads[name]) {
        this.#journal.violations.push(`${name} ${key}: ${JSON.stringify(answer)}`)
        return undefined
      }
      const { id, databaseId } = answer[subject[name]]
      const sequence = placeOfCursor(answer.eventCursor)
      this.#journal.mutations.push({
        workspaceId: place.workspaceId,
        mutation: name,
        key,
        subjectId: databaseId,
        sequence,
      })
      return { id, databaseId, sequence }
    }
    this.#journal.unanswered.push(`${name} ${key}`)
    return undefined
  }

  /** Sends what was acknowledged once more: the answer must be the same. */
  async replay(place: Place, name: Name, key: string, input: object, done: Done): Promise<void> {
    const answer = await this.#send(place, name, { ...input, idempotencyKey: key })
    if (typeof answer === 'string') return
    this.#journal.replays += 1
    const again = answer[subject[name]]
    const isSame =
      answer.replayed === true && again?.id === done.id && placeOfCursor(answer.eventCursor) === done.sequence
    if (!isSame) this.#journal.violations.push(`replay of ${name} ${key}: ${JSON.stringify(answer)}`)
  }

  /** The member of the union that was answered; or why to send it again. */
  async #send(place: Place, name: Name, input: object): Promise<Found | string> {
    const url = this.#gateways.pick()
    try {
      const timeout = AbortSignal.timeout(answerMs)
      const { status, body } = await Promise.race([
        graphql<Record<string, Found>>(url, place.key, documents[name], { input }),
        new Promise<never>((_, reject) => timeout.addEventListener('abort', () => reject(new Error('no answer')))),
      ])
      const [error] = body.errors ?? []
      if (error !== undefined) return `${status} ${error.extensions?.code ?? error.message}`
      const answer = body.data?.[name]
      return answer?.__typename === 'IdempotencyInFlight' ? 'IdempotencyInFlight' : (answer ?? `${status} without data`)
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      if (code === 'ECONNREFUSED') this.#gateways.refused(url)
      return String(code ?? (cause instanceof Error ? cause.message : cause))
    }
  }
}
