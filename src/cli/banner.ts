import type { App } from '../app.ts'
import { writeTable } from './arguments.ts'

/** Where the gateway can be reached, for programs. */
export function describeApp({ url, graphiql, demo }: App) {
  const endpoint = new URL('/graphql', url).href
  return {
    ...(graphiql && { graphiql: endpoint }),
    http: endpoint,
    webSocket: endpoint.replace(/^http/, 'ws'),
    sse: endpoint,
    ...(demo && { demoKeyFile: demo.key.file, data: demo.clusterDir }),
  }
}

/** What the gateway says when it is up, for people. */
export function writeBanner(app: App): string {
  const { graphiql, http, webSocket, sse } = describeApp(app)
  const { demo } = app
  const rows = [
    ...(graphiql === undefined ? [] : [['GraphiQL', graphiql]]),
    ['HTTP', http],
    ['WebSocket', webSocket],
    ['SSE', `${sse} (Accept: text/event-stream)`],
    ...(demo === undefined
      ? []
      : [
          ['Demo key', demo.key.key],
          ['', `also in ${demo.key.file}`],
          ['Data', demo.clusterDir],
        ]),
  ]
  return `\nThe orders gateway is up. Ctrl-C stops it.\n\n${writeTable(rows, '  ')}\n`
}
