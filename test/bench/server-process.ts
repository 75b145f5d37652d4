import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const checkoutDir = resolve(import.meta.dirname, '../..')
const patienceMs = 30_000

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  name: string
  url: string
  pid: number
}

/** Starts a server that prints a JSON line with the address, and waits for that. What it writes goes to a file. */
export async function startServer(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  directory: string,
): Promise<ServerProcess> {
  const file = join(directory, `${name}.log`)
  const output = openSync(file, 'a')
  const child = spawn(process.execPath, args, {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', GRAPHILE_ENV: 'production', ...env },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const exited = once(child, 'exit')
  try {
    return {
      name,
      url: await urlIn(file, child),
      pid: child.pid ?? 0,
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM')
        await exited
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function urlIn(file: string, child: ChildProcess): Promise<string> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline && child.exitCode === null) {
    const url = /"(?:url|http)":"(http:[^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1]
    if (url !== undefined) return url
    await delay(50)
  }
  throw new Error(`did not start:\n${readFileSync(file, 'utf8').slice(-2_000)}`)
}
