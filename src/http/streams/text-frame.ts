const finalText = 0x81
// Longer tails are not copied.
const copiedBytes = 8 * 1024

/** A WebSocket frame (RFC 6455, unmasked, as servers send it) of a text in two parts, as chunks to be written in a row. */
export function textFrame(head: Buffer, tail: Buffer): readonly Buffer[] {
  const length = head.length + tail.length
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const isCopied = tail.length <= copiedBytes
  const frame = Buffer.allocUnsafe(start + (isCopied ? length : head.length))
  frame[0] = finalText
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.set(head, start)
  if (!isCopied) return [frame, tail]
  frame.set(tail, start + head.length)
  return [frame]
}
