/** Something that has to hold, and whether it did. */
export interface Check {
  name: string
  passed: boolean
  detail: string
}

/** A check that nothing was found that must not be; says what, as far as it fits. */
export function nothing(name: string, found: readonly string[], of: string): Check {
  const some = found.slice(0, 3).join('; ')
  return { name, passed: found.length === 0, detail: found.length === 0 ? of : `${found.length} of ${of}: ${some}` }
}
