import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAskedLocally, isLoopback } from './demo-key-rule.ts'
import { type ExplorerFiles, filesPath, loadExplorerFiles } from './explorer-files.ts'
import { securityHeaders } from './security-headers.ts'
import { ServedFile } from './served-file.ts'

export interface ExplorerOptions {
  /** The address that the server is bound to. */
  bind: string
  /** The key to the demo workspace; absent outside of demo mode. */
  demoKey?: (() => Promise<string | undefined>) | undefined
  /** Hears why a request was answered with 500. */
  onError?: ((error: unknown) => void) | undefined
}

/** Answers a request of a browser. */
type Explorer = (request: IncomingMessage, response: ServerResponse) => void

/**
 * The GraphiQL page with its panel of live events, and the files below `/graphql/explorer/` that it loads. Nothing is
 * read before the first request. The page carries the demo key only to a browser on the same machine.
 */
export function createExplorer({ bind, demoKey, onError }: ExplorerOptions): Explorer {
  let files: Promise<ExplorerFiles> | undefined
  const pages = new Map<string | undefined, ServedFile>()

  async function filesOnce(): Promise<ExplorerFiles> {
    files ??= loadExplorerFiles()
    try {
      return await files
    } catch (error) {
      files = undefined
      throw error
    }
  }

  async function pageWith(key: string | undefined): Promise<ServedFile> {
    const known = pages.get(key)
    if (known !== undefined) return known
    const page = new ServedFile('text/html; charset=utf-8', writePage(await filesOnce(), key))
    pages.set(key, page)
    return page
  }

  async function serveFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { base, served } = await filesOnce()
    const file = path.startsWith(`${base}/`) ? served.get(path.slice(base.length + 1)) : undefined
    if (file === undefined) response.writeHead(404, { 'content-length': 0 }).end()
    else await file.send(request, response, { ...securityHeaders, 'cache-control': forEver })
  }

  async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = isLoopback(bind) && isAskedLocally(request) ? await demoKey?.() : undefined
    const page = await pageWith(key)
    // A key has no business in the browser's cache.
    const caching = key === undefined ? 'no-cache' : 'no-store'
    await page.send(request, response, { ...securityHeaders, 'cache-control': caching })
  }

  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end()
      return
    }
    const [path = ''] = (request.url ?? '').split('?')
    const served = path.startsWith(filesPath) ? serveFile(path, request, response) : servePage(request, response)
    served.catch(error => {
      onError?.(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-length': 0 }).end()
    })
  }
}

const forEver = 'public, max-age=31536000, immutable'

function writePage({ html, base, operations, lookups }: ExplorerFiles, demoKey: string | undefined): string {
  const settings = JSON.stringify({ base, demoKey, operations, lookups }).replaceAll('<', '\\u003c')
  return html.replaceAll('{{base}}', base).replace('>{}<', () => `>${settings}<`)
}
