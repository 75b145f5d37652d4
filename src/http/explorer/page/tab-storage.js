const ownTabsKey = 'orders-gateway:tabs'
// Of one tab alone, and the key among them: what a reload fills in afresh.
const forgotten = ['graphiql:query', 'graphiql:variables', 'graphiql:headers', 'graphiql:tabState']

/** What GraphiQL keeps beyond a reload: its layout, and the tabs that the user wrote. No headers, nothing of the story. */
export function tabStorage(storyQueries) {
  const isOwn = ({ query }) => Boolean(query) && !storyQueries.includes(query)
  return {
    get length() {
      return localStorage.length
    },
    getItem: key => (forgotten.includes(key) ? null : localStorage.getItem(key)),
    setItem(key, value) {
      if (key === 'graphiql:tabState') {
        const tabs = JSON.parse(value).tabs.filter(isOwn)
        localStorage.setItem(ownTabsKey, JSON.stringify(tabs.map(({ query, variables }) => ({ query, variables }))))
      } else if (!forgotten.includes(key)) localStorage.setItem(key, value)
    },
    removeItem: key => localStorage.removeItem(key),
    clear: () => localStorage.clear(),
  }
}

/** The tabs that the user wrote. */
export function ownTabs() {
  try {
    return JSON.parse(localStorage.getItem(ownTabsKey) ?? '[]')
  } catch {
    return []
  }
}

/** The operation that the address of the page names, as a list of at most one tab. */
export function linkedTabs() {
  const { searchParams } = new URL(location.href)
  const query = searchParams.get('query')
  return query ? [{ query, variables: searchParams.get('variables') ?? '' }] : []
}
