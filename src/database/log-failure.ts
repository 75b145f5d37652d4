import { reasonOf } from './connection-error.ts'
import { isConnectionLost } from './lost-connection.ts'

/** Where failures in the background are told; pino is one. */
export interface FailureLog {
  warn(details: { reason: string }, message: string): void
  error(details: { err: unknown }, message: string): void
}

/** Logs what failed in the background, of `who`: a database that is away in one line, anything else with its stack. */
export function logFailure(log: FailureLog, who: string, error: unknown): void {
  const lost = [error, error instanceof Error && error.cause].find(isConnectionLost)
  if (lost === undefined) log.error({ err: error }, `${who} stumbled`)
  else log.warn({ reason: reasonOf(lost) }, `${who} lost the database`)
}
