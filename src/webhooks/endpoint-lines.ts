import { EndpointLine, type LineShares } from './endpoint-line.ts'
import type { EndpointRow } from './endpoint-store.ts'
import { FairShare } from './fair-share.ts'

/** The lines of all endpoints that this process sends something to. However many are slow, each may have two requests under way. */
export class EndpointLines {
  readonly #byEndpoint = new Map<string, EndpointLine>()
  readonly #shares: LineShares = {
    slots: new FairShare({ shared: 512, minimum: 2 }),
    room: new FairShare({ shared: 4_096, minimum: 4 }),
  }

  /** The line of an endpoint, which is known to be so now. */
  of(endpoint: EndpointRow): EndpointLine {
    const known = this.find(endpoint.workspace_id, endpoint.id)
    if (known === undefined) {
      const line = new EndpointLine(endpoint, this.#shares)
      this.#byEndpoint.set(`${endpoint.workspace_id}/${endpoint.id}`, line)
      return line
    }
    if (known.endpoint.updated_at <= endpoint.updated_at) known.update(endpoint)
    return known
  }

  find(workspaceId: string, endpointId: string): EndpointLine | undefined {
    return this.#byEndpoint.get(`${workspaceId}/${endpointId}`)
  }

  remove({ endpoint }: EndpointLine): void {
    this.#byEndpoint.delete(`${endpoint.workspace_id}/${endpoint.id}`)
  }

  all(): EndpointLine[] {
    return [...this.#byEndpoint.values()]
  }
}
