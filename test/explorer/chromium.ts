import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function findChromium(): string | undefined {
  const places = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap(directory => names.map(name => join(directory, name)))
  return places.find(place => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const executablePath = findChromium()

/** Why there is no browser to test in; undefined when there is one. */
export const whyNoChromium =
  executablePath === undefined ? `none of ${names.join(', ')} is in PATH; Debian has the package chromium` : undefined
if (whyNoChromium !== undefined) console.warn(`Tests in a browser are skipped: ${whyNoChromium}.`)

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // There is no internet: not even a name can be looked up.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
}

/** A page of a fresh profile, and what it must not do. */
export interface WatchedPage {
  page: Page
  /** Errors of the console and of scripts, and whatever was asked of others than the gateway. */
  faults: string[]
}

export interface Look {
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
}

/** Opens a page that may ask nobody but `origin`. */
export async function openPage(
  browser: Browser,
  origin: string,
  { width = 1280, height = 800, colorScheme = 'light' }: Look = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme })
  const faults: string[] = []
  await context.route(
    url => url.origin !== origin,
    route => {
      faults.push(`asked for ${route.request().url()}`)
      return route.abort()
    },
  )
  const page = await context.newPage()
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`)
  })
  return { page, faults }
}
