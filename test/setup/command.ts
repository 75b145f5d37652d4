import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

export const checkoutDir = resolve(import.meta.dirname, '../..')

/** How a process ended and what it wrote. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs `node src/main.ts` with these arguments in a process of its own, with no environment but `env`. */
export function runCommand(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  return runProgram(process.execPath, ['src/main.ts', ...args], env)
}

/** Runs a program from the checkout to its end. */
export async function runProgram(file: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
