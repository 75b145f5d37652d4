import { expect, test } from 'vitest'
import { graphqlData } from '../setup/client.ts'
import { startGateway } from '../setup/gateway.ts'

test('a gateway that listens everywhere says an address that can be opened', async () => {
  await using gateway = await startGateway({ env: { HOST: '0.0.0.0' } })
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/)
  const { key } = await gateway.createKey()
  expect(await graphqlData(gateway.url, key, '{ viewer { workspace { subdomain } } }')).toEqual({
    viewer: { workspace: { subdomain: 'acme' } },
  })
})
