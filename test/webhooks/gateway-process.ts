import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { secretsKey } from './webhook-shop.ts'

/** A gateway in a process of its own, which can be killed. */
export async function startGatewayProcess(databaseUrl: string): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['src/main.ts', 'start', '--json'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      SECRETS_KEY: secretsKey,
      WEBHOOK_ALLOW_LOOPBACK: 'on',
      PORT: '0',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { process: child, url: (JSON.parse(String(line)) as { http: string }).http }
}
