import { bearer, send } from './send.js'
import { storyTabs } from './story.js'
import { linkedTabs, ownTabs, tabStorage } from './tab-storage.js'

const logo =
  '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#d60590"/><path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/><circle cx="23" cy="22" r="2.6" fill="#5ff0b0"/></svg>'

const workers = { editorWorkerService: 'editor-worker.js', json: 'json-worker.js', graphql: 'graphql-worker.js' }

/** Loads GraphiQL's own script: 5 MB, best begun before anything else. */
export async function loadGraphiql(base) {
  // Read by Monaco when it starts a worker.
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => `${base}/${workers[label]}` }
  const script = document.createElement('script')
  script.src = `${base}/graphiql-bundle.js`
  await new Promise((resolve, reject) => {
    script.onload = resolve
    script.onerror = () => reject(new Error('GraphiQL could not be loaded.'))
    document.head.append(script)
  })
  return globalThis.YogaGraphiQL
}

/** Shows GraphiQL in an element, with the tabs of one run of the story. `onKey` hears of every key in the headers pane. */
export function mountGraphiql(graphiql, element, { operations, found, key, onKey }) {
  const story = storyTabs(operations, found)
  const tabs = [...linkedTabs(), ...story, ...ownTabs()]
  const headers = bearer(key)
  graphiql.renderYogaGraphiQL(element, {
    title: 'Orders gateway',
    logo,
    defaultTabs: tabs,
    variables: tabs[0].variables,
    headers: JSON.stringify(headers, undefined, 2),
    shouldPersistHeaders: false,
    storage: tabStorage(story.map(tab => tab.query)),
    // The first introspection is asked for before there is a headers pane.
    fetcher: (operation, options) => send(named(operation), options?.headers ?? headers),
    onEditHeaders: watchKey(onKey),
    // Stands in for one that writes the query into the address, where a reload would find it.
    onEditQuery() {},
  })
}

// GraphiQL learns the name of an operation a moment after its text: right after a change of tabs it is the other one's.
function named({ query, operationName, variables }) {
  const isDefined = new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query)
  return { query, operationName: isDefined ? operationName : undefined, variables }
}

function watchKey(onKey) {
  let timer
  return text => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const key = keyIn(text)
      if (key !== undefined) onKey(key)
    }, 600)
  }
}

function keyIn(text) {
  try {
    const headers = Object.entries(JSON.parse(text))
    const [, value] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? []
    return /^Bearer +(\S+)$/i.exec(value)?.[1]
  } catch {
    return undefined
  }
}
