import type { Stage } from './stage.ts'

/** Whom the orders of all flows belong to. */
export const emailAddress = 'trigger@example.com'

interface ContactAnswer {
  contact?: { id: string; emailAddress: string | null } | null
  existing?: { id: string } | null
}

const created = '... on CreateContactPayload { contact { id emailAddress } }'
const updated = '... on UpdateContactPayload { contact { id emailAddress } }'

/** The contact of all flows, made where there is none. */
export async function knownContact(stage: Stage): Promise<void> {
  const input = { emailAddress, firstName: 'Trigger', lastName: 'Example' }
  const selection = `${created} ... on EmailAddressTaken { existing { id } }`
  const isTaken = (code: string) => code === 'EMAIL_ADDRESS_TAKEN'
  const { contact, existing } = await stage.mutate<ContactAnswer>('createContact', input, selection, isTaken)
  const found = contact ?? existing
  stage.keep('Contact', found && { id: found.id, label: emailAddress })
}

/** A contact of this run, with an address of its own. */
export async function newContact(stage: Stage): Promise<void> {
  await createContact(stage, { emailAddress: ownAddress(stage), firstName: 'Trigger', lastName: 'Example' })
}

/** A contact that nobody can reach yet. */
export async function anonymousContact(stage: Stage): Promise<void> {
  await createContact(stage, { firstName: 'Trigger', lastName: stage.run })
}

/** Gives the contact a last name that it did not have. */
export async function renameContact(stage: Stage): Promise<void> {
  await updateContact(stage, { lastName: stage.run })
}

/** Gives the contact an e-mail address. */
export async function identifyContact(stage: Stage): Promise<void> {
  await updateContact(stage, { emailAddress: ownAddress(stage) })
}

function ownAddress({ run }: Stage): string {
  return emailAddress.replace('@', `+${run.replace('trigger-', '')}@`)
}

async function createContact(stage: Stage, input: object): Promise<void> {
  keepContact(stage, await stage.mutate<ContactAnswer>('createContact', { ...input }, created))
}

async function updateContact(stage: Stage, changes: object): Promise<void> {
  const input = { id: stage.idOf('Contact'), ...changes }
  keepContact(stage, await stage.mutate<ContactAnswer>('updateContact', input, updated))
}

function keepContact(stage: Stage, { contact }: ContactAnswer): void {
  stage.keep('Contact', contact && { id: contact.id, label: contact.emailAddress ?? 'anonymous' })
}
