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
import type { DB } from './tables.ts'

/** A statement of fixed text: compiled once, named, and run over the shared connections. */
export interface Statement<Params, Row> {
  readonly name: string
  readonly text: string
  /** The values in the order of the text's placeholders. */
  values(params: Params & { workspace: string }): unknown[]
  /** Never set; carries the row's type. */
  readonly row?: Row
}

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

/** Makes the placeholder of a value that a statement is run with. */
export type Param<Params> = <Name extends keyof Params & string>(name: Name) => RawBuilder<Params[Name]>

/**
 * Declares a statement: `statement<{ ids: string[] }>()('orders_by_id', (db, param) => db.selectFrom(...))`.
 * `param('workspace')` is the actor's workspace; a statement that leaves it out throws when its module is loaded.
 */
export function statement<Params extends object>() {
  return <Row>(
    name: string,
    build: (db: Kysely<DB>, param: Param<Params & { workspace: string }>) => { compile(): CompiledQuery<Row> },
  ): Statement<Params, Row> => {
    const compiled = build(compiler, param => sql`${new Placeholder(param)}`).compile()
    const slots = compiled.parameters
    if (!slots.some(slot => slot instanceof Placeholder && slot.name === 'workspace')) {
      throw new Error(`statement ${name} does not say whose workspace it reads`)
    }
    return {
      name,
      text: compiled.sql,
      values(params) {
        const given = params as Record<string, unknown>
        return slots.map(slot => (slot instanceof Placeholder ? written(given[slot.name]) : slot))
      },
    }
  }
}

// pg quotes and escapes each element of an array; the ids of loaders need neither.
function written(value: unknown): unknown {
  return Array.isArray(value) && value.every(isId) ? `{${value.join()}}` : value
}

function isId(element: unknown): boolean {
  return typeof element === 'string' && /^\d+$/.test(element)
}
