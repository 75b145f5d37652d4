import type { Config } from '../config.ts'

/** The gateway can't listen where it was told to; the message is one line. */
class ListenError extends Error {
  override readonly name = 'ListenError'
}

/** Says in one line why a server can't listen; passes anything else on. */
export function asListenError(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  switch (error instanceof Error && 'code' in error && error.code) {
    case 'EADDRINUSE':
      return new ListenError(`port ${port} of ${host} is in use: set PORT`, { cause: error })
    case 'EACCES':
      return new ListenError(`port ${port} is not for this user: set PORT to 1024 or more`, { cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new ListenError(`HOST ${host} is no address of this machine`, { cause: error })
    default:
      return error
  }
}
