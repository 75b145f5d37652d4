import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asSpare, CopyBlocks } from '../../src/seed/copy-blocks.ts'
import { seededUuid, uuidText } from '../../src/seed/random.ts'

// Longer than a block now and then, and the same again.
const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.tuple(fc.string({ unit: 'binary' }), fc.nat(9_000)).map(([text, times]) => text.repeat(times).slice(0, 90_000)),
    fc.constantFrom('the same long text, which is copied from where it was written before', 'kurz', ''),
  ),
  { maxLength: 30 },
)

function decode(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    found.push(bytes.toString('utf8', at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

test('texts come out as they went in, batch after batch in the same blocks', () => {
  const spare: Buffer[] = []
  const blocks = new CopyBlocks(spare)
  fc.assert(
    fc.property(texts, batch => {
      for (const text of batch) blocks.text(text)
      const { size } = blocks
      const taken = blocks.take()
      const bytes = Buffer.concat(taken)
      for (const block of taken) spare.push(...asSpare(block))
      expect(bytes.length).toBe(size)
      expect(decode(bytes)).toEqual(batch.map(text => text.toWellFormed()))
    }),
  )
  expect(spare.length).toBeGreaterThan(0)
})

test('a UUID is the same bytes in words and in text, of version 4', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 4 }), key => {
      const words = seededUuid(key)
      const text = uuidText(words)
      expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const blocks = new CopyBlocks([])
      blocks.words(words)
      const [inWords] = blocks.take()
      blocks.uuid(text)
      const [inText] = blocks.take()
      expect(inWords).toEqual(inText)
      expect(inWords?.toString('hex', 4)).toBe(text.replaceAll('-', ''))
    }),
  )
})

test('what is no amount and no time is not written as one', () => {
  const blocks = new CopyBlocks([])
  for (const text of ['1e5', '-1', '', '1.', 'NaN']) expect(() => blocks.numeric(text)).toThrow(RangeError)
  for (const text of ['', 'yesterday']) expect(() => blocks.time(text)).toThrow(RangeError)
  expect(blocks.size).toBe(0)
})
