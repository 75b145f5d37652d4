import { currencyDecimals } from '../shared/money.ts'

// What a US dollar is worth, roughly, and to how many minor units prices are rounded.
const usual: Record<string, { perDollar: number; step: number }> = {
  USD: { perDollar: 100, step: 1 },
  EUR: { perDollar: 90, step: 5 },
  JPY: { perDollar: 150, step: 10 },
  KWD: { perDollar: 300, step: 50 },
}

/** The currencies that seeded workspaces have, in turn. */
export const currencies = Object.keys(usual)

/** A usual price of about so many US dollars in minor units of another currency. */
export function minorUnits(dollars: number, currency: string): number {
  const { perDollar, step } = usual[currency] ?? { perDollar: 100, step: 1 }
  return Math.max(step, Math.round((dollars * perDollar) / step) * step)
}

/** Minor units as an amount: 19800 in USD is `198.00`. */
export function amountOf(minor: number, currency: string): string {
  const decimals = currencyDecimals(currency)
  const digits = String(minor).padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
