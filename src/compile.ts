// Run after the installation: the first start finds everything compiled that it needs then or later, in Node's compile cache.
await Promise.all([
  import('./cli/run-command-line.ts'),
  import('./cli/start.ts'),
  import('./app.ts'),
  import('./schema.ts'),
  import('./http/server.ts'),
  import('./webhooks/body-documents-schema.ts'),
  import('./webhooks/receiver-connections.ts'),
  import('graphile-worker'),
  import('graphql-jit'),
])
process.exit()
