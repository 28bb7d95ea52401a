import { createServer } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'
import { serve } from './serve.mjs'

await serve(async () => {
  const { resolvers, typeDefs } = await import('./tracking.mjs')
  const yoga = createYoga({ schema: createSchema({ resolvers, typeDefs }), graphiql: false, landingPage: false, logging: false })
  createServer(yoga).listen(0, '127.0.0.1')
})
