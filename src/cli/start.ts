import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '../app.ts'
import { readConfig } from '../config.ts'
import { startEmbedded } from '../database/embedded/embedded-postgres.ts'
import { assertPortFree } from '../http/assert-port-free.ts'
import { openLog } from '../shared/log.ts'
import { readArguments } from './arguments.ts'
import { describeApp, writeBanner } from './banner.ts'
import { onStopSignal } from './stop-signals.ts'

const checkoutDir = resolve(import.meta.dirname, '../..')
// The server drains within 10 s; whatever hangs after that is given up.
const patienceMs = 12_000
// Whoever waited for the start to ask something goes before what no request waits for.
const backgroundAfterMs = 250

/** `start`: runs the gateway until a signal stops it. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm start --',
    about: 'Starts the gateway: on DATABASE_URL, or else on a PostgreSQL of its own with demo data.',
    options: { json: { about: 'Print where it can be reached as JSON.' } },
  })
  if (values === undefined) return
  const config = readConfig(process.env)
  // Before anything else, so that who can't listen has started and filled nothing.
  await assertPortFree(config)
  const { log, flush } = openLog(config)
  const calledOff = new AbortController()
  const { signal } = calledOff
  // PostgreSQL starts while the rest of the program is loaded: its process must have begun, since loading leaves no time for
  // that. What is loaded while its binaries are tried is little.
  const { promise: hasBegun, resolve: begun } = Promise.withResolvers<void>()
  const onTrial = () => void import('graphql')
  const postgres = config.demo
    ? startEmbedded({
        dataDir: config.dataDir,
        checkoutDir,
        log: line => log.info(line),
        signal,
        onTrial,
        onWait: begun,
      })
    : undefined
  postgres?.catch(() => {}).finally(begun)
  if (postgres === undefined) begun()
  const starting = hasBegun
    .then(() => import('../app.ts'))
    .then(({ startApp }) => startApp(config, log, postgres, signal))
  let hasStarted = false
  const ifCalledOff = (error: unknown): undefined => {
    if (error !== signal.reason) throw error
  }

  const end = async (exitCode: number, act: (app: App) => PromiseLike<void>) => {
    calledOff.abort()
    try {
      const app = await starting.catch(ifCalledOff)
      if (app !== undefined) await act(app)
    } catch (error) {
      // A start that failed has stopped everything and says why by itself.
      if (!hasStarted) return
      log.error({ err: error }, 'could not stop in order')
    }
    flush()
    process.exit(exitCode)
  }
  let hurries = 0
  const stopAtOnce = () => {
    hurries += 1
    // Who asks once more does not even wait for PostgreSQL; the next start takes it over.
    if (hurries > 1) process.exit(1)
    end(1, app => app.stopAtOnce())
  }
  const stop = (exitCode: number) => {
    if (signal.aborted) return
    setTimeout(stopAtOnce, patienceMs).unref()
    end(exitCode, app => app[Symbol.asyncDispose]())
  }
  onStopSignal(signal => {
    log.info(`stopping after ${signal}`)
    stop(0)
  }, stopAtOnce)
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'stopping after an unexpected error')
    stop(1)
  })

  const app = await starting.catch(ifCalledOff)
  hasStarted = true
  if (app === undefined || signal.aborted) return
  if (values.json) process.stdout.write(`${JSON.stringify(describeApp(app))}\n`)
  // Whoever reads the log as JSON can do without text between its lines.
  else if (config.logFormat === 'json') log.info(describeApp(app), 'the orders gateway is up')
  else process.stdout.write(writeBanner(app))
  await delay(backgroundAfterMs)
  try {
    await app.beginBackground()
  } catch (error) {
    stop(1)
    throw error
  }
}
