import { resolve } from 'node:path'
import { prepareCluster } from './database/embedded/prepared-cluster.ts'

// Run after the installation, which it never fails: what is not prepared here, the first start does itself.
const checkoutDir = resolve(import.meta.dirname, '..')
const preparing = prepareCluster(checkoutDir).catch(error => {
  process.stderr.write(`no PostgreSQL cluster was prepared: ${error}\n`)
})
// Node's compile cache gets everything that a start needs then or later.
await Promise.allSettled([
  import('./cli/run-command-line.ts'),
  import('./cli/start.ts'),
  import('./app.ts'),
  import('./schema.ts'),
  import('./http/server.ts'),
  import('./http/socket-server.ts'),
  import('./webhooks/body-documents-schema.ts'),
  import('./webhooks/receiver-connections.ts'),
  import('graphile-worker'),
  import('graphql-jit'),
])
await preparing
process.exit()
