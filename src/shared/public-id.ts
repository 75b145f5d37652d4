const sixLetters = 26n ** 6n
const eightLetters = 26n ** 8n

/** The letters that stand for an id outside; the same bijection as the database's `public_id(id)`. */
export function publicId(id: string): string {
  const number = BigInt(id)
  return number < sixLetters
    ? letters((number * 190899227n + 47293611n) % sixLetters, 6)
    : letters((number * 41234567n + 9182736451n) % eightLetters, 8)
}

function letters(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let i = 0; i < length; i += 1) {
    text = String.fromCharCode(97 + Number(rest % 26n)) + text
    rest /= 26n
  }
  return text
}
