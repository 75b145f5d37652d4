import { isIP } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'

/** What is wrong with the URL of an endpoint. */
interface UrlProblem {
  code: string
  message: string
}

const ports = new Set(['', '443', '8443'])
const maxLength = 2_048

/**
 * What is wrong with an endpoint's URL, as far as it can be told without looking it up; undefined: nothing. Which address it
 * leads to is checked again each time a connection is made.
 */
export function urlProblem(text: string, allowLoopback: boolean): UrlProblem | undefined {
  const problem = (code: string, message: string) => ({ code, message })
  if (text.length > maxLength) return problem('TOO_LONG', `Has more than ${maxLength} characters.`)
  // The parser would drop these silently.
  const isClean = /^[\x21-\x7e\u0080-\uffff]+$/.test(text) && text.isWellFormed() && !text.includes('\\')
  const url = isClean && /^https?:\/\/[^/]/i.test(text) ? URL.parse(text) : null
  if (url === null) return problem('INVALID_URL', 'Is not a URL such as https://example.com/webhooks.')
  // Also an empty one, which the parser drops.
  const [, authority = ''] = /^[a-z]+:\/\/([^/?#]*)/i.exec(text) ?? []
  if (authority.includes('@')) {
    return problem('URL_WITH_CREDENTIALS', 'Has a user name or password.')
  }
  if (url.hash !== '' || text.includes('#')) return problem('INVALID_URL', 'Has a fragment, which is never sent.')
  const host = hostOf(url)
  if (allowLoopback && isLoopbackHost(host)) return undefined
  if (url.protocol !== 'https:') return problem('URL_NOT_HTTPS', 'Is not an https URL.')
  if (!ports.has(url.port)) return problem('URL_PORT_NOT_ALLOWED', 'Has another port than 443 and 8443.')
  const isLocal = isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)
  return isLocal ? problem('URL_NOT_PUBLIC', 'Leads to an address that is not public.') : undefined
}

/** The host of a URL without the brackets of IPv6. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

function isLoopbackHost(host: string): boolean {
  return isIP(host) === 0 ? /^(.+\.)?localhost$/.test(host) : isLoopbackAddress(host)
}

// Names that no public resolver knows (RFC 6761, 6762, 8375), and names without a dot.
function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, '')
  return !name.includes('.') || /\.(localhost|local|internal|localdomain|home\.arpa|test|invalid|onion)$/.test(name)
}
