import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { SummaryReporter } from './setup/summary-reporter.ts'

const root = resolve(import.meta.dirname, '..')

export default defineConfig({
  root,
  resolve: {
    // Loaded once as a module and once as CommonJS, graphql refuses its own types.
    alias: [{ find: /^graphql$/, replacement: resolve(root, 'node_modules/graphql/index.js') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global-setup.ts'],
    setupFiles: ['test/setup/workspace-wall.ts'],
    reporters: ['default', new SummaryReporter()],
    pool: 'forks',
    // Most of them wait, for a process, a lock or a pause: each core can run one.
    maxWorkers: '100%',
    // For machines that are busy or slow: waits end when what they wait for is there.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
