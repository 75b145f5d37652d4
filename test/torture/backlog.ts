import { KeyRing } from '../../src/api-keys/key-ring.ts'
import type { Databases } from '../../src/database/connect.ts'
import { appendEvents } from '../../src/events/append-event.ts'
import { Changes } from '../../src/events/changes.ts'
import type { Place } from './stage.ts'

const inOne = 100

/** Appends so many events to the log of a workspace before anything begins. */
export async function writeBacklog(databases: Databases, { key }: Place, count: number): Promise<void> {
  await using keys = new KeyRing(databases)
  const actor = await keys.authenticate(key)
  if (actor === undefined) throw new Error('the key does not work')
  for (let written = 0; written < count; written += inOne) {
    const changes = new Changes()
    for (let n = 0; n < inOne; n += 1) {
      const data = { n, text: 'x'.repeat(200) }
      changes.add('order.updated', { subjectType: 'Order', subjectId: '1', liveMode: true, data })
    }
    await databases.db.transaction().execute(trx => appendEvents(trx, actor, changes))
  }
}
