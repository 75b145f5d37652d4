import { Decimal } from 'decimal.js'

// ISO 4217: the currencies whose minor unit is not the hundredth.
const minorUnits: Record<string, number> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 })

/** How many decimals amounts of a currency have. */
export function currencyDecimals(currency: string): number {
  return minorUnits[currency] ?? 2
}

/** An exact amount written with its currency's decimals: `198` in USD is `198.00`. */
export function writeAmount(amount: string | Decimal, currency: string): string {
  const decimals = currencyDecimals(currency)
  const cut = typeof amount === 'string' ? cutZeros(amount, decimals) : undefined
  return cut ?? new Exact(amount).toFixed(decimals)
}

// Postgres writes a numeric with all decimals of its column: mostly there are only zeros to cut off.
function cutZeros(amount: string, decimals: number): string | undefined {
  const [, kept] = /^((?:0|[1-9]\d{0,19})\.\d*?)0*$/.exec(amount) ?? []
  if (kept === undefined) return undefined
  const end = amount.indexOf('.') + 1 + decimals
  if (amount.length < end || kept.length > end) return undefined
  return amount.slice(0, decimals === 0 ? end - 1 : end)
}

/** Σ amount × quantity, exact, with the currency's decimals. */
export function sumOfLines(lines: readonly { amount: string; quantity: number }[], currency: string): string {
  const sum = lines.reduce((total, line) => total.plus(new Exact(line.amount).times(line.quantity)), new Exact(0))
  return writeAmount(sum, currency)
}

/** The exact sum of two amounts, with the currency's decimals. */
export function addAmounts(a: string, b: string, currency: string): string {
  return writeAmount(new Exact(a).plus(b), currency)
}
