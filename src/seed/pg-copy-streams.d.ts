declare module 'pg-copy-streams' {
  import type { Writable } from 'node:stream'
  import type { Submittable } from 'pg'

  /** A COPY ... FROM STDIN: what is written to it are the rows. */
  export function from(statement: string): Writable & Submittable
}
