import { registerHooks } from 'node:module'

/**
 * From now on an ES module that imports a file by a relative path gets the file of that path. Node would ask the disk first what
 * it is, whether links lead elsewhere and which package.json is nearest, for each import that names it: a tenth of a start. The
 * first file of each directory it still looks up: the others with its suffix are of its format, as they have its package.json.
 */
export function resolveRelativeImportsAtOnce(): void {
  const formats = new Map<string, string>()
  registerHooks({
    resolve(specifier, context, resolveNext) {
      if (specifier.startsWith('.') && context.parentURL !== undefined) {
        const { href } = new URL(specifier, context.parentURL)
        const format = formats.get(kindOf(href))
        if (format !== undefined) return { url: href, format, shortCircuit: true }
      }
      const found = resolveNext(specifier, context)
      // What CommonJS requires may lack a suffix, or be a directory.
      if (found.format?.startsWith('module') === true) formats.set(kindOf(found.url), found.format)
      return found
    },
  })
}

/** The directory of a file with the file's suffix. */
function kindOf(url: string): string {
  const name = url.lastIndexOf('/') + 1
  const dot = url.indexOf('.', name)
  return dot === -1 ? url : url.slice(0, name) + url.slice(dot)
}
