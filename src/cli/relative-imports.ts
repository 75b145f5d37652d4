import { registerHooks } from 'node:module'

const suffix = /\.[a-z]+$/

/**
 * From now on a module that imports another of the same suffix by a relative path gets the file of that path. Node would ask the
 * disk first what it is, whether links lead elsewhere and which package.json is nearest, for each import that names it: a tenth
 * of a start.
 */
export function resolveRelativeImportsAtOnce(): void {
  const formats = new Map<string, string>()
  registerHooks({
    resolve(specifier, context, resolveNext) {
      const { parentURL = '' } = context
      const format = formats.get(parentURL)
      const isBeside = specifier.startsWith('.') && suffixOf(specifier) === suffixOf(parentURL)
      // What CommonJS requires may lack a suffix, or be a directory.
      if (isBeside && format?.startsWith('module') === true) {
        const { href } = new URL(specifier, parentURL)
        formats.set(href, format)
        return { url: href, format, shortCircuit: true }
      }
      const found = resolveNext(specifier, context)
      if (typeof found.format === 'string') formats.set(found.url, found.format)
      return found
    },
  })
}

function suffixOf(path: string): string | undefined {
  return suffix.exec(path)?.[0]
}
