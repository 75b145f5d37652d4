import { spawn } from 'node:child_process'
import { EmbeddedError, errorCode } from './embedded-error.ts'
import type { ServerUser } from './server-user.ts'

// A fixed environment: PG* variables and locales of the caller must not reach PostgreSQL. Windows cannot live without its own.
const ENVIRONMENT =
  process.platform === 'win32' ? undefined : { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' }

/** How every program is spawned; `user` is undefined for our own. It starts in `/`, as ours may be closed to it. */
export function spawnOptions(user: ServerUser | undefined) {
  return { cwd: '/', env: ENVIRONMENT, windowsHide: true, ...(user && { uid: user.uid, gid: user.gid }) }
}

interface ProgramEnd {
  code: number | null
  output: string
}

/**
 * Runs a program to its end; `output` is all it wrote. Fails only when it can't be started, with the system's error, or with
 * an EmbeddedError where we may not act as the user.
 */
export async function runProgram(
  file: string,
  args: string[],
  user: ServerUser | undefined,
  input = '',
): Promise<ProgramEnd> {
  try {
    return await run(file, args, user, input)
  } catch (error) {
    if (user === undefined || !['EPERM', 'EINVAL'].includes(errorCode(error) ?? '')) throw error
    throw new EmbeddedError(
      `PostgreSQL refuses to run as root, and this process may not start it as ${user.name}; set DATABASE_URL`,
      { cause: error },
    )
  }
}

function run(file: string, args: string[], user: ServerUser | undefined, input: string): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...spawnOptions(user), stdio: 'pipe' })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
    // A program that ended early does not read its input; its exit code tells.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
