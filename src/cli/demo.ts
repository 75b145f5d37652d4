import type { CommandContext } from '../idempotency/run-command.ts'

/** Fills a new demo workspace through the commands that the API uses. Called once, on an empty workspace. */
export async function fillDemo(_context: CommandContext): Promise<void> {}
