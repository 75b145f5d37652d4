import { createHash } from 'node:crypto'
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import { OnlyColumns } from './only-columns.ts'
import type { DB } from './tables.ts'

/** A statement of fixed text: compiled once, named, and run over the shared connections. */
export interface Statement<Params, Row> {
  readonly name: string
  readonly text: string
  /** The values in the order of the text's placeholders. */
  values(params: Params, workspace: string): unknown[]
  /** The same with these of its columns alone. Itself where there are too many such statements already. */
  only(columns: ReadonlySet<string>): Statement<Params, Row>
  /** Never set; carries the row's type. */
  readonly row?: Row
}

/** Leaves those of a list of columns that are wanted, at least one. */
export type Keep = <Column extends string>(columns: readonly Column[]) => readonly Column[]

// Each of them is kept by PostgreSQL, on every connection, and clients decide what they select.
const maxNarrowed = 20
// PostgreSQL takes names for equal whose first 63 bytes are.
const maxName = 63

class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const compiler = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

type Param<Params> = <Name extends keyof Params & string>(name: Name) => RawBuilder<Params[Name]>

type Build<Params, Row> = (
  db: Kysely<DB>,
  param: Param<Params & { workspace: string }>,
  keep: Keep,
) => { compile(): CompiledQuery<Row> }

/**
 * Declares a statement: `statement<{ ids: string[] }>()('orders_by_id', (db, param) => db.selectFrom(...))`.
 * `param('workspace')` is the actor's workspace; a statement that leaves it out throws when its module is loaded.
 * A `build` that writes its list of columns itself passes it through `keep`.
 */
export function statement<Params extends object>() {
  return <Row>(name: string, build: Build<Params, Row>): Statement<Params, Row> => {
    const narrowed = new Map<string, Statement<Params, Row>>()
    const whole: Statement<Params, Row> = compile(shortened(name), build, undefined, columns => {
      const key = [...columns].sort().join()
      const known = narrowed.get(key)
      if (known !== undefined) return known
      if (narrowed.size >= maxNarrowed) return whole
      const made = compile(shortened(`${name}:${narrowed.size}`), build, columns, () => whole)
      narrowed.set(key, made)
      return made
    })
    return whole
  }
}

function compile<Params, Row>(
  name: string,
  build: Build<Params, Row>,
  columns: ReadonlySet<string> | undefined,
  only: Statement<Params, Row>['only'],
): Statement<Params, Row> {
  const db = columns === undefined ? compiler : compiler.withPlugin(new OnlyColumns(columns))
  const keep: Keep = all => {
    const kept = all.filter(column => columns?.has(column) ?? true)
    return kept.length > 0 ? kept : all.slice(0, 1)
  }
  const compiled = build(db, param => sql`${new Placeholder(param)}`, keep).compile()
  const slots = compiled.parameters
  if (!slots.some(slot => slot instanceof Placeholder && slot.name === 'workspace')) {
    throw new Error(`statement ${name} does not say whose workspace it reads`)
  }
  return {
    name,
    text: compiled.sql,
    only,
    values(params, workspace) {
      const given = params as Record<string, unknown>
      return slots.map(slot => {
        if (!(slot instanceof Placeholder)) return slot
        return slot.name === 'workspace' ? workspace : given[slot.name]
      })
    },
  }
}

function shortened(name: string): string {
  if (name.length <= maxName) return name
  return `${name.slice(0, maxName - 9)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
