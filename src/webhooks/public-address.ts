import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

const globalUnicast6 = ipaddr.IPv6.parse('2000::')

/** Whether an IP address is one of the public Internet: global unicast, and no address that only carries another one. */
export function isPublicAddress(address: string): boolean {
  const parsed = read(address)
  if (parsed === undefined || parsed.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv4') return true
  const six = parsed as ipaddr.IPv6
  return six.match(globalUnicast6, 3) && !isIsatap(six)
}

/** Whether an IP address is this machine's own loopback. */
export function isLoopbackAddress(address: string): boolean {
  return read(address)?.range() === 'loopback'
}

// ISATAP (RFC 5214): a router of any prefix unwraps the packet and sends it on to the IPv4 address at its end.
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe
}

// An IPv4 address inside of IPv6 is judged as what a socket makes of it.
function read(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return undefined
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return parsed
  const six = parsed as ipaddr.IPv6
  return six.isIPv4MappedAddress() ? six.toIPv4Address() : six
}
