import { type App, startApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { openLog } from '../shared/log.ts'
import { readArguments } from './arguments.ts'
import { describeApp, writeBanner } from './banner.ts'
import { onStopSignal } from './stop-signals.ts'

// The server drains within 10 s; whatever hangs after that is given up.
const patienceMs = 12_000

/** `start`: runs the gateway until a signal stops it. */
export async function run(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: 'npm start --',
    about: 'Starts the gateway: on DATABASE_URL, or else on a PostgreSQL of its own with demo data.',
    options: { json: { about: 'Print where it can be reached as JSON.' } },
  })
  if (values === undefined) return
  const config = readConfig(process.env)
  const { log, flush } = openLog(config)
  const starting = startApp(config, log)

  let isStopping = false
  const end = async (exitCode: number, act: (app: App) => PromiseLike<void>) => {
    isStopping = true
    try {
      const app = await starting.catch(() => undefined)
      // A start that failed has stopped everything and says why by itself.
      if (app === undefined) return
      await act(app)
    } catch (error) {
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
    if (isStopping) return
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

  const app = await starting
  if (isStopping) return
  if (values.json) process.stdout.write(`${JSON.stringify(describeApp(app))}\n`)
  // Whoever reads the log as JSON can do without text between its lines.
  else if (config.logFormat === 'json') log.info(describeApp(app), 'the orders gateway is up')
  else process.stdout.write(writeBanner(app))
}
