import { createWorkspace } from '../workspaces/create-workspace.ts'
import { listWorkspaces, type WorkspaceRow } from '../workspaces/workspace-store.ts'
import { jsonOption, readArguments, runAct, writeTable } from './arguments.ts'
import { withDatabase } from './open-database.ts'

const call = 'npm run workspaces --'

/** `workspaces create|list`. */
export function run(args: readonly string[]): Promise<void> {
  return runAct(args, {
    call,
    about: 'The stores whose orders this gateway holds.',
    acts: {
      create: { about: 'Make a workspace.', run: create },
      list: { about: 'List the workspaces.', run: list },
    },
  })
}

async function create(args: readonly string[]): Promise<void> {
  const values = readArguments(args, {
    call: `${call} create`,
    about: 'Makes a workspace.',
    options: {
      subdomain: { value: '<subdomain>', about: 'Lower-case letters, digits and hyphens, unique.', required: true },
      name: { value: '<name>', about: 'What people call it.', required: true },
      currency: { value: '<code>', about: 'Currency of its prices and orders, ISO 4217.', default: 'USD' },
      ...jsonOption,
    },
  })
  if (values === undefined) return
  const workspace = await withDatabase(({ db }) => createWorkspace(db, values))
  const text = `Workspace ${workspace.subdomain} (${workspace.currency}) is made. Give it a key: npm run keys -- create --workspace ${workspace.subdomain} --scopes '*'\n`
  process.stdout.write(values.json ? `${JSON.stringify(describe(workspace))}\n` : text)
}

async function list(args: readonly string[]): Promise<void> {
  const values = readArguments(args, { call: `${call} list`, about: 'Lists the workspaces.', options: jsonOption })
  if (values === undefined) return
  const workspaces = (await withDatabase(({ db }) => listWorkspaces(db))).map(describe)
  const rows = workspaces.map(({ id, subdomain, name, currency }) => [id, subdomain, name, currency])
  const text = writeTable([['ID', 'SUBDOMAIN', 'NAME', 'CURRENCY'], ...rows])
  process.stdout.write(values.json ? `${JSON.stringify(workspaces)}\n` : text)
}

function describe({ id, public_id, subdomain, name, currency, created_at }: WorkspaceRow) {
  return { id, publicId: public_id, subdomain, name, currency, createdAt: created_at }
}
