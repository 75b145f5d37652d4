/** How a body can be compressed, best first. */
const encodings = ['br', 'gzip'] as const
export type Encoding = (typeof encodings)[number]

/** The best encoding that an Accept-Encoding header allows; undefined: as it is. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding | undefined {
  const allowed = new Map(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map(item => {
        const [name = '', quality] = item.split(/\s*;\s*q=\s*/)
        return [name.trim(), quality === undefined || Number(quality) > 0] as const
      }),
  )
  return encodings.find(encoding => allowed.get(encoding) ?? allowed.get('*') ?? false)
}
