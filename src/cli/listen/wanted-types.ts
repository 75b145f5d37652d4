import { eventTypes } from '../../events/event.ts'
import { enumName } from '../../graphql/enum.ts'
import { UsageError } from '../arguments.ts'

/**
 * The enum names of the event types in a comma-separated list, in which `*` stands for anything: `order.*`. Undefined, which
 * means all, without a list. Throws UsageError.
 */
export function readWantedTypes(list: string | undefined): string[] | undefined {
  if (list === undefined) return undefined
  const wanted = list.split(',').flatMap(item => item.trim() || [])
  if (wanted.length === 0) throw new UsageError('--types names no event type')
  const found = wanted.flatMap(pattern => {
    const matching = Object.keys(eventTypes).filter(matcherOf(pattern))
    if (matching.length > 0) return matching
    throw new UsageError(`--types: there is no event type ${pattern}; npm run trigger -- --list has them all`)
  })
  return [...new Set(found)].map(enumName)
}

function matcherOf(pattern: string): (type: string) => boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`)
  return type => expression.test(type)
}
