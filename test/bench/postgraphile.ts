import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { benchEnvironment, reportListening } from './environment.ts'

// The preset that its guide begins with, for production: nothing watched, nothing explained, no page.
const { databaseUrl } = benchEnvironment()
const preset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: databaseUrl,
      schemas: ['public'],
      poolConfig: { max: 10, options: '-c jit=off' },
    }),
  ],
  grafast: { explain: false },
  grafserv: { watch: false, graphiql: false, websockets: false },
}
const server = createServer()
await postgraphile(preset).createServ(grafserv).addTo(server)
reportListening(server)
