import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { connect, serve } from './serve.mjs'

await serve(async () => {
  const preset = {
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ pool: connect(), schemas: ['public'] })],
    schema: { defaultBehavior: 'list -connection -insert -update -delete' },
    grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
    grafast: { explain: false },
  }
  const server = createServer()
  await postgraphile(preset).createServ(grafserv).addTo(server)
  server.listen(0, '127.0.0.1')
})
