import { createServer, type ServerResponse } from 'node:http'
import pg from 'pg'
import { decodeGlobalId } from '../../src/shared/global-id.ts'
import { deepPageStatement, oneOrderStatement } from './ceiling-statements.ts'
import { deepPage, oneOrder } from './documents.ts'
import { benchEnvironment, reportListening } from './environment.ts'

// One statement for each document behind bare node:http: no key, no limits, no GraphQL.
const { databaseUrl, workspaceId } = benchEnvironment()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, options: '-c timezone=UTC -c jit=off' })

interface Body {
  query: string
  variables: { after: string } | { id: string }
}

type Queries = Record<string, (variables: never) => pg.QueryConfig>

const queries: Queries = {
  [deepPage]: ({ after }: { after: string }) => {
    const [, , , createdAt, id] = Buffer.from(after, 'base64url').toString('latin1').split('|')
    return { name: 'deep-page', text: deepPageStatement, values: [workspaceId, createdAt, id] }
  },
  [oneOrder]: ({ id }: { id: string }) => ({
    name: 'one-order',
    text: oneOrderStatement,
    values: [workspaceId, decodeGlobalId(id)?.id],
  }),
}

async function respond({ query, variables }: Body, response: ServerResponse): Promise<void> {
  const statement = queries[query]
  if (statement === undefined) throw new Error('not one of the two documents')
  const { rows } = await pool.query<{ answer: string }>(statement(variables as never))
  const answer = rows[0]?.answer ?? ''
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(answer),
  })
  response.end(answer)
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
    respond(body, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
})
reportListening(server)
