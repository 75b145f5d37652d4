import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One forward step of the database's tables. */
export interface Migration {
  /** The file's name; migrations are applied in the order of their names. */
  name: string
  sql: string
  /** Of the file with Unix line ends, so that a checkout on Windows has the same. */
  sha256: string
}

/** A database whose migrations do not fit this version; the message is one line. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** The migrations of a directory, in the order in which they are applied. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter(name => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async name => {
      const sql = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * The migrations that a database lacks. Throws MigrationError when it has one that is not among ours, one that was changed
 * since, or lacks one that comes before another that it has.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly { name: string; sha256: string }[],
): Migration[] {
  const known = new Map(migrations.map(migration => [migration.name, migration]))
  for (const { name, sha256 } of applied) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw new MigrationError(`the database has migration ${name}, unknown to this version: use the newer gateway`)
    }
    if (migration.sha256 !== sha256) {
      throw new MigrationError(`migration ${name} was changed after it had been applied: restore the file`)
    }
  }
  const done = new Set(applied.map(({ name }) => name))
  const pending = migrations.filter(({ name }) => !done.has(name))
  const last = applied
    .map(({ name }) => name)
    .sort()
    .at(-1)
  const [first] = pending
  if (first !== undefined && last !== undefined && first.name < last) {
    throw new MigrationError(`migration ${first.name} comes before ${last}, which is applied: give it a later name`)
  }
  return pending
}
