import { variables } from '../../src/config.ts'

const begin = '<!-- variables -->\n'
const end = '<!-- /variables -->'

/** A README with its table of environment variables made anew; one without the two marks stays as it is. */
export function withVariableTable(readme: string): string {
  const [before, rest] = readme.split(begin, 2)
  const [, after] = rest?.split(end, 2) ?? []
  if (before === undefined || after === undefined) return readme
  return `${before}${begin}${variableTable()}${end}${after}`
}

/** The environment variables as a Markdown table. */
export function variableTable(): string {
  const rows = Object.entries(variables).map(([name, { fallback, meaning }]) => {
    const isSentence = /[ `]/.test(fallback)
    return `| \`${name}\` | ${isSentence || fallback === '' ? fallback : `\`${fallback}\``} | ${meaning} |\n`
  })
  return `| variable | default | meaning |\n|---|---|---|\n${rows.join('')}`
}
