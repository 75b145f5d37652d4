import type { Snapshot } from '../events/changes.ts'
import type { EndpointRow } from './endpoint-store.ts'

/** The endpoint as ClickFunnels' API serialises it (domain 10.3), without its secret; the last two members are ours. */
export function endpointBody(endpoint: EndpointRow): object {
  return {
    id: Number(endpoint.id),
    public_id: endpoint.public_id,
    workspace_id: Number(endpoint.workspace_id),
    url: endpoint.url,
    name: endpoint.name,
    event_type_ids: endpoint.event_types,
    api_version: endpoint.api_version,
    created_at: endpoint.created_at,
    updated_at: endpoint.updated_at,
    disabled_at: endpoint.disabled_at,
    disabled_reason: endpoint.disabled_reason,
  }
}

/** The endpoint as an event shows it. */
export function endpointSnapshot(endpoint: EndpointRow): Snapshot {
  return {
    subjectType: 'Webhooks::Outgoing::Endpoint',
    subjectId: endpoint.id,
    liveMode: null,
    data: endpointBody(endpoint),
  }
}
