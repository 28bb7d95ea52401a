// What the peers share: processes beside each other on one port, and connections to PostgreSQL by its socket.
import cluster from 'node:cluster'
import pg from 'pg'

const POOL = 10
const processes = Number(process.env.PROCESSES ?? 2)

/** This process's share of the pool. */
export function connect() {
  const server = new URL(process.env.MOTCUA_TEST_POSTGRES)
  return new pg.Pool({
    host: process.env.MOTCUA_TEST_POSTGRES_DIR,
    port: Number(server.port),
    user: server.username,
    password: server.password,
    database: server.pathname.slice(1),
    max: POOL / processes,
  })
}

/** Runs `start` in every process; it listens on port 0 of 127.0.0.1, which is one port for all. Says where once all do. */
export async function serve(start) {
  if (cluster.isWorker) return start()
  let listening = 0
  cluster.on('listening', (_, { port }) => {
    listening += 1
    if (listening === processes) console.log(`listening http://127.0.0.1:${port}/graphql`)
  })
  cluster.on('exit', () => process.exit(1))
  for (let one = 0; one < processes; one += 1) cluster.fork()
}
