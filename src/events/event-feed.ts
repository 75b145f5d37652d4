import type { Databases } from '../database/connect.ts'

/** Placeholder until the feed stands. */
export class EventFeed {
  constructor(_databases: Databases, _onError: (error: unknown) => void) {}
  wake(_workspaceId: string): void {}
}
