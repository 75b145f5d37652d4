/** The cost of a list of at most so many objects: one for each, and what is asked of each. */
export function atMost(count: number): { field: number; multiplier: number } {
  return { field: count, multiplier: count }
}
