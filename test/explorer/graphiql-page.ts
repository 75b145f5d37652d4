import type { Locator, Page, Request } from 'playwright-core'

/** An event as the panel shows it. */
export interface ShownEvent {
  sequence: number
  type: string
  subject: string
}

/** The page as a person uses it. */
export class GraphiqlPage {
  readonly page: Page
  readonly panel: Locator

  constructor(page: Page) {
    this.page = page
    this.panel = page.locator('#panel')
  }

  /** Opens it and waits until it can be used. */
  async open(origin: string): Promise<void> {
    await this.page.goto(`${origin}/graphql`)
    await this.ready()
  }

  async ready(): Promise<void> {
    await this.page.locator('.graphiql-query-editor .view-line').first().waitFor()
    await this.live()
  }

  /** Waits until the panel is connected and has drawn what it got before. */
  async live(): Promise<void> {
    await this.page.locator('#panel[data-state="live"]').waitFor()
    await this.page.evaluate('new Promise(requestAnimationFrame)')
  }

  async tabs(): Promise<string[]> {
    return this.page.locator('.graphiql-tab-button').allTextContents()
  }

  /** Chooses a tab and waits for its operation. */
  async choose(name: string): Promise<void> {
    await this.page.locator('.graphiql-tab-button', { hasText: name }).click()
    await this.page
      .locator('.graphiql-query-editor .view-line', { hasText: new RegExp(`[ \u00a0]${name}\\(`) })
      .waitFor()
  }

  /** Runs what the tab holds; what the gateway answers. */
  async run(): Promise<Record<string, unknown>> {
    const isOurs = await this.#operationOfTab()
    const [response] = await Promise.all([
      this.page.waitForResponse(answer => isOurs(answer.request())),
      this.pressRun(),
    ])
    return (await response.json()) as Record<string, unknown>
  }

  // The page asks things of its own, too. A tab bears the name of its operation; right after a change of tabs
  // its request does not.
  async #operationOfTab(): Promise<(request: Request) => boolean> {
    const name = await this.page.locator('.graphiql-tab-active .graphiql-tab-button').textContent()
    return request => request.method() === 'POST' && request.postDataJSON().query.includes(` ${name}(`)
  }

  async pressRun(): Promise<void> {
    await this.page.locator('.graphiql-execute-button').click()
  }

  /** What an editor shows: `.graphiql-response`, `.graphiql-editor-tool`. */
  async textOf(editor: string): Promise<string> {
    // The lines of an editor stand in the document in no order.
    const lines = await this.page.locator(`${editor} .view-line`).evaluateAll(elements =>
      elements
        .map(element => ({
          top: Number.parseInt(element.getAttribute('style')?.match(/top: ?(\d+)/)?.[1] ?? '', 10),
          text: element.textContent,
        }))
        .toSorted((one, other) => one.top - other.top)
        .map(line => line.text),
    )
    return lines.join('\n').replaceAll('\u00a0', ' ')
  }

  /** Runs what the tab holds; the variables that were sent. */
  async runWith(): Promise<Record<string, Record<string, unknown>>> {
    const [request] = await Promise.all([this.page.waitForRequest(await this.#operationOfTab()), this.pressRun()])
    return request.postDataJSON().variables
  }

  /** Writes the headers pane anew. */
  async writeHeaders(headers: Record<string, string>): Promise<void> {
    await this.page.locator('.graphiql-editor-tools button', { hasText: 'Headers' }).click()
    await this.page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-line').first().click()
    await this.page.keyboard.press('ControlOrMeta+A')
    await this.page.keyboard.insertText(JSON.stringify(headers))
    // The editor closes brackets and quotes by itself.
    await this.page.keyboard.press('ControlOrMeta+Shift+End')
    await this.page.keyboard.press('Delete')
  }

  /** The events in the panel, oldest first. */
  async events(): Promise<ShownEvent[]> {
    const rows = await this.panel.locator('.event').evaluateAll(elements =>
      elements.map(element => ({
        sequence: Number(element.dataset.sequence),
        type: element.querySelector('.type')?.textContent ?? '',
        subject: element.querySelector('.subject')?.textContent ?? '',
      })),
    )
    return rows.reverse()
  }

  /** The events after a sequence, once there are so many. */
  async eventsAfter(sequence: number, count: number): Promise<ShownEvent[]> {
    await this.panel.locator(`.event[data-sequence="${sequence + count}"]`).waitFor()
    return (await this.events()).filter(event => event.sequence > sequence)
  }

  async lastSequence(): Promise<number> {
    return (await this.events()).at(-1)?.sequence ?? 0
  }
}
