import { eventRow } from './event-row.js'
import { followLog } from './follow-log.js'

const maxRows = 200
const foldedKey = 'orders-gateway:panel'

/** The panel of live events beside GraphiQL. */
export function openPanel(element, lookups) {
  const part = selector => element.querySelector(selector)
  const list = part('.events')
  let key
  let place = {}
  let waiting = []
  let stop = () => {}
  let isPaused = false

  const setState = (state, words) => {
    element.dataset.state = state
    part('.state .words').textContent = words
    part('.panel-key').hidden = state !== 'refused' && state !== 'keyless'
  }

  const clear = () => {
    waiting = []
    list.replaceChildren()
    part('.empty').hidden = false
  }

  // Drawn once for each frame: a busy workspace has more events than that.
  const show = (events, isLive) => {
    if (waiting.length === 0) requestAnimationFrame(draw)
    waiting = [...waiting, ...events.map(event => eventRow(event, isLive))].slice(-maxRows)
    if (element.classList.contains('folded')) countUnseen(events.length)
  }

  const draw = () => {
    list.prepend(...waiting.reverse())
    waiting = []
    while (list.children.length > maxRows) list.lastElementChild.remove()
    part('.empty').hidden = list.children.length > 0
  }

  const countUnseen = more => {
    const badge = part('.unseen')
    const unseen = more === 0 ? 0 : Number(badge.dataset.count ?? 0) + more
    badge.dataset.count = unseen
    badge.hidden = unseen === 0
    badge.textContent = unseen > 99 ? '99+' : unseen
  }

  const follow = () => {
    stop()
    if (key === undefined) return setState('keyless', 'Needs an API key')
    if (isPaused) return setState('paused', 'Paused')
    stop = followLog({ lookups, key, place, onRestart: clear, onEvents: show, onState: setState })
  }

  const setFolded = isFolded => {
    element.classList.toggle('folded', isFolded)
    const fold = part('.fold')
    fold.setAttribute('aria-expanded', String(!isFolded))
    fold.title = isFolded ? 'Show the live events' : 'Hide the live events'
    if (!isFolded) countUnseen(0)
  }

  const setKey = newKey => {
    if (newKey === key && element.dataset.state !== 'refused') return
    if (newKey !== key) {
      // Another key may be of another workspace.
      place = {}
      clear()
    }
    key = newKey
    follow()
  }

  part('.pause').addEventListener('click', () => {
    isPaused = !isPaused
    part('.pause').setAttribute('aria-pressed', String(isPaused))
    part('.pause').textContent = isPaused ? 'Resume' : 'Pause'
    follow()
  })
  part('.clear').addEventListener('click', clear)
  part('.fold').addEventListener('click', () => {
    const isFolded = !element.classList.contains('folded')
    setFolded(isFolded)
    localStorage.setItem(foldedKey, isFolded ? 'folded' : 'open')
  })
  part('.panel-key').addEventListener('submit', submission => {
    submission.preventDefault()
    setKey(new FormData(submission.target).get('key').trim())
    submission.target.reset()
  })

  setFolded(localStorage.getItem(foldedKey) === 'folded')
  follow()
  return { setKey }
}
