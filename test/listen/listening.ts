import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { checkoutDir } from '../setup/command.ts'

// biome-ignore lint/suspicious/noExplicitAny: a line is whatever the test says it is
type Line = any

/** `listen --json` in a process of its own, which has begun to listen. */
export interface Listening extends AsyncDisposable {
  child: ChildProcess
  /** All that it wrote there, when it has ended. */
  stderr: Promise<string>
  /** The lines that it wrote. */
  lines: Line[]
  /** The first line that the condition holds for, also one that was written before. */
  line(isWanted: (line: Line) => boolean): Promise<Line>
  /** The lines of a kind, `event` unless given, once there are so many. */
  some(count: number, kind?: string): Promise<Line[]>
  /** Sends SIGINT; how it ended, with its last line. */
  stop(): Promise<{ code: number | null; stderr: string; last: Line }>
}

export async function startListening(...args: string[]): Promise<Listening> {
  const child = spawn(process.execPath, ['src/main.ts', 'listen', '--json', ...args], {
    cwd: checkoutDir,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that runs into its time limit disposes of nothing.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const closed = once(child, 'close').finally(() => process.off('exit', kill))
  const stderr = text(child.stderr)
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  createInterface(child.stdout).on('line', line => {
    lines.push(JSON.parse(line))
    for (const look of waiting) look()
  })
  const until = async <Found>(find: () => Found | undefined): Promise<Found> => {
    const ended = closed.then(async () => {
      throw new Error(`listen ended: ${await stderr}${JSON.stringify(lines)}`)
    })
    ended.catch(() => {})
    const { promise, resolve } = Promise.withResolvers<Found>()
    const look = () => {
      const found = find()
      if (found !== undefined) resolve(found)
    }
    waiting.add(look)
    look()
    return Promise.race([promise, ended]).finally(() => waiting.delete(look))
  }
  const listening: Listening = {
    child,
    stderr,
    lines,
    line: isWanted => until(() => lines.find(isWanted)),
    some: (count, kind = 'event') =>
      until(() => {
        const some = lines.filter(line => line.kind === kind)
        return some.length >= count ? some : undefined
      }),
    async stop() {
      child.kill('SIGINT')
      const [code] = await closed
      return { code, stderr: await stderr, last: lines.at(-1) }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await closed
    },
  }
  await listening.line(({ kind }) => kind === 'started')
  return listening
}
