import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runProgram } from '../setup/command.ts'

// A machine without browser and load generator, whose apt does what the test says and whose npm notes its calls.
let directory: string
let env: Record<string, string>

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ci-run-'))
  env = { PATH: directory, CALLS: join(directory, 'calls') }
  for (const tool of ['bash', 'cp', 'dirname', 'id', 'timeout']) {
    const { stdout } = await runProgram('sh', ['-c', `command -v ${tool}`], { PATH: process.env.PATH ?? '' })
    await symlink(stdout.trim(), join(directory, tool))
  }
  await program('npm', 'echo "npm $*" >> "$CALLS"')
  await program('sudo', 'shift; exec "$@"')
  await writeFile(join(directory, 'calls'), '')
})
afterEach(() => rm(directory, { recursive: true }))

async function program(name: string, body: string): Promise<void> {
  const file = join(directory, name)
  await writeFile(file, `#!${join(directory, 'bash')}\n${body}\n`)
  await chmod(file, 0o755)
}

async function runCi(more: Record<string, string> = {}) {
  const { code, stderr } = await runProgram(join(directory, 'bash'), ['.ci/run'], { ...env, ...more })
  return { code, stderr, calls: await readFile(join(directory, 'calls'), 'utf8') }
}

const all = 'npm ci\nnpm run -s check\nnpm test --silent\n'

test('fails where CI is set and a tool is missing after the installation', async () => {
  await program('apt-get', 'exit 1')
  const stderr = 'chromium could not be installed: what needs it is not tested\n'
  expect(await runCi({ CI: 'true' })).toEqual({ code: 1, stderr, calls: '' })
})

test('runs everything elsewhere, and says what is missing', async () => {
  await program('apt-get', 'exit 1')
  const stderr = ['chromium', 'wrk']
    .map(tool => `${tool} could not be installed: what needs it is not tested\n`)
    .join('')
  expect(await runCi()).toEqual({ code: 0, stderr, calls: all })
})

test('runs everything where the tools could be installed', async () => {
  await program('apt-get', `for tool in chromium wrk; do cp "${directory}/npm" "${directory}/$tool"; done`)
  expect(await runCi({ CI: 'true' })).toEqual({ code: 0, stderr: '', calls: all })
})
