import { graphqlData } from '../setup/client.ts'

/** An event as the log shows it. */
export interface LoggedEvent {
  eventId: string
  sequence: string
  eventType: string
  createdAt: string
  liveMode: boolean | null
  payload: Record<string, unknown>
  cursor: string
}

/** All events of a log that has at most 100, oldest first. */
export async function readLog(url: string, key: string): Promise<LoggedEvent[]> {
  const { events } = await graphqlData<{ events: { edges: { cursor: string; node: LoggedEvent }[] } }>(
    url,
    key,
    '{ events(first: 100) { edges { cursor node { eventId sequence eventType createdAt liveMode payload } } } }',
  )
  return events.edges.map(({ cursor, node }) => ({ ...node, cursor }))
}

/** Creates contacts; each brings `contact.created` and `contact.identified`. */
export async function addContacts(url: string, key: string, ...names: string[]): Promise<void> {
  for (let start = 0; start < names.length; start += 25) {
    const fields = names.slice(start, start + 25).map(
      (name, index) =>
        `c${index}: createContact(input: { emailAddress: "${name}@example.com", firstName: "${name}" }) {
          ... on CreateContactPayload { eventCursor } ... on UserError { message }
        }`,
    )
    const made = await graphqlData(url, key, `mutation { ${fields.join(' ')} }`)
    const refusal = Object.values(made).find(answer => !(answer as object & { eventCursor?: string }).eventCursor)
    if (refusal !== undefined) throw new Error(JSON.stringify(refusal))
  }
}
