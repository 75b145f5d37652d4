/** Keeps the panel where there is room for it: beside GraphiQL in a wide window, else below the response. */
export function placePanel(panel, graphiql) {
  const wide = matchMedia('(min-width: 1500px)')
  const place = () => {
    const response = wide.matches ? null : graphiql.querySelector('.graphiql-response')
    panel.classList.toggle('docked', response !== null)
    const home = response ?? document.body
    if (panel.parentElement !== home) home.append(panel)
  }
  wide.addEventListener('change', place)
  // GraphiQL comes later, all at once.
  const drawn = new MutationObserver(() => {
    if (graphiql.querySelector('.graphiql-response') === null) return
    drawn.disconnect()
    place()
  })
  drawn.observe(graphiql, { childList: true, subtree: true })
}
