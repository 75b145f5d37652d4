import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Counts what arrives at /hook and tells how long after `created_at` it came; everything else hangs.
const latencies: number[] = []
let count = 0

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    if (request.url?.startsWith('/dead')) return
    count += 1
    const [, createdAt = ''] = /"created_at":"([^"]+)","api_version"/.exec(Buffer.concat(chunks).toString()) ?? []
    latencies.push(Date.now() - Date.parse(createdAt))
    response.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on('message', message => {
  if (message !== 'report') return
  process.send?.({ count, latencies: latencies.splice(0) })
  count = 0
})
process.on('disconnect', () => process.exit())
