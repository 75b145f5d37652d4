import type pg from 'pg'

/** How far a connection to PostgreSQL is protected, as libpq names it. */
export const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

/**
 * TLS as `pg` takes it: `require` encrypts and trusts any certificate, `verify-ca` trusts those of `ca` whatever their
 * host, `verify-full` checks the host too. Without `ca` (PEM) the authorities that Node knows are trusted.
 */
export function tlsOptions(mode: TlsMode, ca: string | undefined): NonNullable<pg.ClientConfig['ssl']> {
  switch (mode) {
    case 'disable':
      return false
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
      return { ...(ca !== undefined && { ca }), checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...(ca !== undefined && { ca }) }
  }
}

/** The mode that a URL's `sslmode` means; undefined when it is none of ours, such as libpq's unsafe `prefer`. */
export function tlsModeOf(sslmode: string): TlsMode | undefined {
  return sslmode === 'no-verify' ? 'require' : tlsModes.find(mode => mode === sslmode)
}

/** Takes libpq's TLS parameters out of a URL: `pg` reads them otherwise than libpq, and they would win over {@link tlsOptions}. */
export function takeTlsParameters(databaseUrl: string): {
  url: string
  sslmode: string | undefined
  rootCertificate: string | undefined
} {
  const start = databaseUrl.indexOf('?')
  if (start === -1) return { url: databaseUrl, sslmode: undefined, rootCertificate: undefined }
  const parameters = new URLSearchParams(databaseUrl.slice(start + 1))
  const sslmode = parameters.get('sslmode') ?? undefined
  const rootCertificate = parameters.get('sslrootcert') ?? undefined
  for (const name of ['sslmode', 'sslrootcert', 'uselibpqcompat']) parameters.delete(name)
  const rest = parameters.size === 0 ? '' : `?${parameters}`
  return { url: databaseUrl.slice(0, start) + rest, sslmode, rootCertificate }
}
