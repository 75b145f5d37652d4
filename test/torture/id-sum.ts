/** A number of 32 bits for an id; the sum of those of many says whether two lists hold the same ids. */
export function idNumber(id: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** Adds two such numbers. */
export function addIds(sum: number, more: number): number {
  return (sum + more) >>> 0
}
