import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/database/migrate.ts'
import { databaseUrl } from './database-url.ts'
import { startTestServer } from './test-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which databases can be created. */
    testServer: string
    /** A migrated database that each test file gets a copy of. */
    template: string
  }
}

/** Starts PostgreSQL, or takes TEST_DATABASE_URL, and migrates the database that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startTestServer()
  const template = `gateway_template_${randomBytes(6).toString('hex')}`
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const teardown = async () => {
    try {
      await run(`drop database if exists ${template} with (force)`)
    } finally {
      await server.stop()
    }
  }
  try {
    await run(`create database ${template}`)
    const target = { connectionString: databaseUrl(server.url, template) }
    await migrate(target, { directory: 'migrations', schema: 'public', log: () => {} })
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('testServer', server.url)
  project.provide('template', template)
  return teardown
}
