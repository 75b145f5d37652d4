import { loadGraphiql, mountGraphiql } from './mount-graphiql.js'
import { openPanel } from './panel.js'
import { placePanel } from './place-panel.js'
import { findStory, KeyRefused } from './story.js'

const { base, demoKey, operations, lookups } = JSON.parse(document.getElementById('settings').textContent)
const main = document.getElementById('graphiql')

const loading = loadGraphiql(base)
const aside = document.getElementById('panel')
const panel = openPanel(aside, lookups)
placePanel(aside, main)
try {
  const { key, found } = (await tryKey(demoKey)) ?? (await askForKey())
  panel.setKey(key)
  const graphiql = await loading
  mountGraphiql(graphiql, main, { operations, found, key, onKey: panel.setKey })
} catch (error) {
  main.querySelector('.notice').hidden = false
  main.querySelector('.notice').textContent = `${error.message} Reload the page to try again.`
}

// A page that comes back from the history would tell the story of its first visit.
addEventListener('pageshow', event => {
  if (event.persisted) location.reload()
})

async function tryKey(key) {
  if (key === undefined) return undefined
  try {
    return { key, found: await findStory(lookups, key) }
  } catch (error) {
    if (error instanceof KeyRefused) return undefined
    throw error
  }
}

/** Shows the form until it is given a key that the gateway knows. */
async function askForKey() {
  const form = main.querySelector('.key-form')
  const problem = form.querySelector('.problem')
  main.querySelector('.notice').hidden = true
  form.hidden = false
  form.elements.key.focus()
  for (;;) {
    await new Promise(resolve => {
      form.onsubmit = submission => {
        submission.preventDefault()
        resolve()
      }
    })
    problem.textContent = ''
    try {
      const opened = await tryKey(form.elements.key.value.trim())
      if (opened !== undefined) return opened
      problem.textContent = 'The gateway does not know this key.'
    } catch {
      problem.textContent = 'The gateway does not answer.'
    }
  }
}
