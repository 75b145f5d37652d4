import { Decimal } from 'decimal.js'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64urlOfAscii } from '../../src/shared/base64url.ts'
import { currencyDecimals, writeAmount } from '../../src/shared/money.ts'

const ascii = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map(code => String.fromCharCode(code)),
  maxLength: 60,
})

test('any ASCII text is written in base64url as a Buffer writes it', () => {
  fc.assert(
    fc.property(ascii, text => {
      expect(base64urlOfAscii(text)).toBe(Buffer.from(text, 'latin1').toString('base64url'))
    }),
    { numRuns: 2_000 },
  )
})

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength })
const amount = fc
  .tuple(fc.constantFrom('', '-'), digits(22), fc.option(digits(6)), fc.constantFrom('', '0', '00', '0000'))
  .map(([sign, whole, fraction, zeros]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}${zeros}`}`)

test('any amount is written with the decimals of its currency', () => {
  const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 })
  fc.assert(
    fc.property(amount, fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'), (text, currency) => {
      expect(writeAmount(text, currency)).toBe(new Exact(text).toFixed(currencyDecimals(currency)))
    }),
    { numRuns: 5_000 },
  )
  expect(['198.0000', '198.5000', '0.0000', '7'].map(text => writeAmount(text, 'USD'))).toEqual([
    '198.00',
    '198.50',
    '0.00',
    '7.00',
  ])
})
