import { randomBytes } from 'node:crypto'
import type { SubjectType } from '../../events/event.ts'
import { GatewayError, type RemoteGateway } from '../remote-gateway.ts'

/** An object of a flow: its global id and what people know it by. */
export interface StageObject {
  id: string
  label: string
}

/** An answer of a mutation, as far as flows look into it. */
interface MutationAnswer<Payload> {
  answer: { code?: string; message?: string; issues?: { message: string; path: string[] }[] } & Payload
}

/** Where a flow is played: it remembers what the flow made or found. */
export class Stage {
  readonly gateway: RemoteGateway
  readonly isLive: boolean
  /** Names everything that this run makes: external ids, addresses. */
  readonly run = `trigger-${randomBytes(4).toString('hex')}`
  readonly objects = new Map<SubjectType, StageObject>()

  constructor(gateway: RemoteGateway, isLive: boolean) {
    this.gateway = gateway
    this.isLive = isLive
  }

  /** Remembers an object of the flow; the latest of its kind. Throws GatewayError when the key may not read it. */
  keep(kind: SubjectType, object: StageObject | null | undefined): void {
    if (object == null) throw new GatewayError('the key needs contacts, catalog and orders, to read and to write')
    this.objects.set(kind, object)
  }

  /** The global id of an object that an earlier step kept. */
  idOf(kind: SubjectType): string {
    const object = this.objects.get(kind)
    if (object === undefined) throw new Error(`the flow has no ${kind} yet`)
    return object.id
  }

  /**
   * Runs a mutation; `selection` is of its result union, beside the errors. Throws GatewayError when it is refused, but for
   * the expected codes, whose members the selection asks for.
   */
  async mutate<Payload>(
    name: string,
    input: Record<string, unknown>,
    selection: string,
    isExpected: (code: string) => boolean = () => false,
  ): Promise<Payload> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const document = `mutation ($input: ${type}Input!) {
      answer: ${name}(input: $input) {
        ... on UserError { code message }
        ... on InvalidInput { issues { message path } }
        ${selection}
      }
    }`
    const { answer } = await this.gateway.ask<MutationAnswer<Payload>>(document, { input })
    if (answer.code !== undefined && !isExpected(answer.code)) {
      const issues = answer.issues?.map(({ message, path }) => `${path.join('.')}: ${message}`) ?? [answer.message]
      throw new GatewayError(`${name} is refused: ${issues.join(' ')}`)
    }
    return answer
  }
}
