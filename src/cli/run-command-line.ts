import { ConfigError } from '../config.ts'
import { type InputIssue, InvalidInput } from '../shared/errors.ts'
import { UsageError, writeTable } from './arguments.ts'

interface CommandFile {
  run(args: readonly string[]): Promise<void>
}

// Only the one that was asked for is loaded: the schema alone takes longer than most commands.
const commands: Record<string, { about: string; load(): Promise<CommandFile> }> = {
  start: { about: 'Start the gateway.', load: () => import('./start.ts') },
  migrate: { about: 'Bring the database up to date.', load: () => import('./migrate.ts') },
  workspaces: { about: 'Make and list workspaces.', load: () => import('./workspaces.ts') },
  keys: { about: 'Make, list, rotate and revoke API keys.', load: () => import('./keys.ts') },
  seed: { about: 'Write a large, realistic data set.', load: () => import('./seed.ts') },
  listen: { about: 'Forward the events of a gateway to a local URL.', load: () => import('./listen.ts') },
  trigger: { about: 'Cause an event, in test mode.', load: () => import('./trigger.ts') },
  restored: { about: 'Refuse old cursors after a restore.', load: () => import('./restored.ts') },
  schema: { about: 'Write schema/schema.graphql.', load: () => import('./schema.ts') },
  'schema-check': {
    about: 'Say which stored documents the schema would break.',
    load: () => import('./schema-check.ts'),
  },
}

/** Runs a command line. What goes wrong is said in a line on standard error and makes the exit code 1. */
export async function runCommandLine([name = '--help', ...args]: readonly string[]): Promise<void> {
  try {
    if (name === '--help' || name === '-h') {
      const rows = writeTable(
        Object.entries(commands).map(([command, { about }]) => [command, about]),
        '  ',
      )
      process.stdout.write(`node src/main.ts <command> [options]\n\n${rows}\nEach has a --help of its own.\n`)
      return
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) {
      throw new UsageError(`There is no command ${JSON.stringify(name)}: ${Object.keys(commands).join(', ')}`)
    }
    const { run } = await command.load()
    await run(args)
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`)
    process.exitCode = 1
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Each mistake in the configuration has a line of its own; anything else is said in one.
  if (error instanceof ConfigError) return error.message
  if (error instanceof InvalidInput) return error.issues.map(describeIssue).join('; ')
  const [message = ''] = error.message.split('\n')
  return message === '' ? error.name : message
}

function describeIssue({ path, message }: InputIssue): string {
  const [, option = 'input'] = path
  return `--${option}: ${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, '')}`
}
