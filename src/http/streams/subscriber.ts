import { LogSubscription } from '../../events/log-subscription.ts'
import type { StartedSubscription } from '../../graphql/started-subscription.ts'
import { LogSubscriber } from './log-subscriber.ts'
import type { Sink } from './sink.ts'
import { SourceSubscriber } from './source-subscriber.ts'
import type { StreamGroups } from './stream-groups.ts'

/** One subscription that is being delivered. */
export type Subscriber = LogSubscriber | SourceSubscriber

/** Connects a started subscription with where its results go; `key` is what makes subscribers of the log a group. */
export function subscriberOf(groups: StreamGroups, key: string, started: StartedSubscription, sink: Sink): Subscriber {
  const { source } = started
  if (!(source instanceof LogSubscription)) return new SourceSubscriber(started, sink)
  return new LogSubscriber(groups, key, { ...started, source }, sink)
}
