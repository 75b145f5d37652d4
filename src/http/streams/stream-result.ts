import type { ExecutionResult } from 'graphql'

/** One result of a subscription, written once for all who get it. */
export class StreamResult {
  readonly result: ExecutionResult
  /** The result as JSON. */
  readonly text: string
  /** The sequence in the log that the client has got up to with it; undefined where the source is not the log. */
  readonly position: number | undefined
  readonly #cursor: (() => string) | undefined
  #bytes: Buffer | undefined
  #message: Buffer | undefined

  constructor(result: ExecutionResult, position?: number, cursor?: () => string) {
    this.result = result
    this.text = JSON.stringify(result)
    this.position = position
    this.#cursor = cursor
  }

  /** The JSON, as it ends a message of graphql-transport-ws. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(`${this.text}}`)
    return this.#bytes
  }

  /** The message of an event stream. */
  get message(): Buffer {
    const id = this.#cursor === undefined ? '' : `id: ${this.#cursor()}\n`
    this.#message ??= Buffer.from(`event: next\ndata: ${this.text}\n${id}\n`)
    return this.#message
  }
}
