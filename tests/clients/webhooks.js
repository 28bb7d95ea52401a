// A receiver of webhooks that checks each message with the library of Standard Webhooks, notes what it was told, and answers as
// it was asked to:
//   node webhooks.js PORT FILE SECRET
// POST /         takes every message
// POST /lossy    loses the answer to one message in ten, after taking it
// POST /never    refuses acceptances for ever (422), and takes the rest
// POST /gone     wants nothing more (410)
// POST /slow     says 503 and Retry-After twice for each message
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Webhook } from 'standardwebhooks'

const [port, file, secret] = process.argv.slice(2)
const webhook = new Webhook(secret)
const seen = new Map()
let taken = 0

const server = createServer(async (request, response) => {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  const body = Buffer.concat(pieces).toString('utf8')
  const event = webhook.verify(body, request.headers)
  assert.throws(() => webhook.verify(body.replace('1', '2'), request.headers), 'a tampered body does not pass')
  const another = { ...request.headers, 'webhook-id': `${request.headers['webhook-id']}0` }
  assert.throws(() => webhook.verify(body, another), 'nor another id')
  assert.equal(event.specversion, '1.0')
  assert.equal(event.id, request.headers['webhook-id'])
  assert.match(request.headers['content-type'], /^application\/cloudevents\+json/)
  const answer = (status, headers = {}) => response.writeHead(status, headers).end()
  const attempts = (seen.get(event.id) ?? 0) + 1
  seen.set(event.id, attempts)
  if (request.url === '/gone') return answer(410)
  if (request.url === '/never' && event.type === 'dossier.accepted') return answer(422)
  if (request.url === '/slow' && attempts <= 2) return answer(503, { 'retry-after': '1' })
  appendFileSync(file, `${JSON.stringify({ id: event.id, type: event.type, position: event.data.position, body })}\n`)
  taken += 1
  if (request.url === '/lossy' && taken % 10 === 0) return request.socket.destroy()
  answer(204)
})
process.on('unhandledRejection', (error) => {
  appendFileSync(file, `${JSON.stringify({ failed: String(error) })}\n`)
})
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
