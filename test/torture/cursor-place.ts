/** The sequence that a cursor of the log stands for; NaN when it is none. Clients may not know, the judge does. */
export function placeOfCursor(cursor: string): number {
  const [version, , , sequence] = Buffer.from(cursor, 'base64url').toString().split(':')
  return version === 'e1' ? Number(sequence) : Number.NaN
}
