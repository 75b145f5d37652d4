/** The areas a key can be let into. `*` is all of them. */
export const scopes = [
  'contacts:read',
  'contacts:write',
  'catalog:read',
  'catalog:write',
  'orders:read',
  'orders:write',
  'events:read',
  'webhooks:read',
  'webhooks:write',
] as const
export type Scope = (typeof scopes)[number]

/** Who acts: an API key in its workspace. Events and histories name it. */
export interface Actor {
  /** Ruby class name that ClickFunnels gives API callers (domain 4.1, origination_channel_type). */
  type: string
  id: string
  name: string
  scopes: ReadonlySet<Scope>
  workspace: {
    id: string
    publicId: string
    name: string
    subdomain: string
    currency: string
    /** The epoch of the workspace's event log; renewed when the database was restored. */
    epoch: string
  }
}
