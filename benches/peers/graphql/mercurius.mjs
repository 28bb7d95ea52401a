import Fastify from 'fastify'
import mercurius from 'mercurius'
import { serve } from './serve.mjs'

await serve(async () => {
  const { resolvers, typeDefs } = await import('./tracking.mjs')
  const app = Fastify()
  app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
