/** A text of ASCII characters in base64url without padding. `btoa` takes a quarter of a Buffer's time, and a page has hundreds of ids. */
export function base64urlOfAscii(text: string): string {
  const padded = btoa(text)
  const padding = padded.indexOf('=')
  const written = padding === -1 ? padded : padded.slice(0, padding)
  // Only of texts with one of >, ?, ~ or DEL: no id has any.
  return /[+/]/.test(written) ? written.replaceAll('+', '-').replaceAll('/', '_') : written
}
