// Subscriptions over WebSocket (`graphql-transport-ws`) and server-sent events, by themselves and through the clients of others.
//
//   node subscriptions.js URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE [--part PART]…
//
// Parts: `protocol` (each message and close code), `ws` (graphql-ws), `sse` (graphql-sse and its bytes), `clients` (Apollo, urql); all
// unless told. What is made known meanwhile is done over HTTP. See also gql_subscriptions.py.
import http from 'node:http';
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';
import { all, arguments_, check, input, run, same, within } from './kit.js';

const { url, receiver, auditor, office, procedure, values } = arguments_({ part: { type: 'string', multiple: true } });
const address = `${url.replace(/^http/, 'ws')}/ws`;
const PROTOCOL = 'graphql-transport-ws';
/** How long anything may take that should come at once. */
const SOON = 5_000;
/** How long a connection may say nothing, and some more. */
const INIT_MAX = 20_000;

const RECORDED = `
  subscription Recorded($after: String) {
    factRecorded(after: $after) { position resume kind entry { position kind code version } }
  }
`;
const TRACKED = `
  subscription Tracked($code: String!, $after: String) {
    trackingChanged(code: $code, after: $after) { position resume kind tracking { code status } }
  }
`;

/** One request over HTTP. */
async function ask(token, query, variables) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const here = async () => (await ask(undefined, '{ journal { resume visibleSize } }')).journal;

/** Takes a dossier in: two facts. */
async function accept() {
  const query = `mutation Accept($input: AcceptDossierAtCounterInput!) {
    acceptDossierAtCounter(input: $input) { code position errors { code field } }
  }`;
  const { acceptDossierAtCounter: done } = await ask(receiver, query, { input: input(office, procedure) });
  if (done.errors.length > 0) throw new Error(JSON.stringify(done.errors));
  return { code: done.code, position: Number(done.position) };
}

/** Passes it on. */
async function forward(code) {
  const query = 'mutation Forward($input: ForwardDossierInput!) { forwardDossier(input: $input) { position errors { code field } } }';
  const variables = { input: { commandId: input().commandId, dossier: code, to: 'handler-01' } };
  const { forwardDossier: done } = await ask(receiver, query, variables);
  if (done.errors.length > 0) throw new Error(JSON.stringify(done.errors));
  return Number(done.position);
}

/** What the trail has from a position on, up to another: what a follower must be told. */
async function trail(from, to) {
  const query = `query Trail($after: String) {
    auditTrail(first: 100, after: $after, filter: { newestFirst: true }) { nodes { position kind } pageInfo { endCursor } }
  }`;
  const found = [];
  for (let after = null; ;) {
    const { nodes, pageInfo } = (await ask(auditor, query, { after })).auditTrail;
    for (const node of nodes) {
      if (Number(node.position) < from) return found.reverse();
      if (Number(node.position) <= to) found.push([Number(node.position), node.kind]);
    }
    if (nodes.length === 0) return found.reverse();
    after = pageInfo.endCursor;
  }
}

/** Values that come one by one, until one satisfies. */
class Told {
  values = [];
  failed;
  ended = false;
  #waiting = new Set();

  #look() {
    for (const look of this.#waiting) look();
  }

  next = (value) => {
    this.values.push(value);
    this.#look();
  };

  error = (error) => {
    this.failed = error;
    this.#look();
  };

  complete = () => {
    this.ended = true;
    this.#look();
  };

  /** Waits until something is so; an error ends the waiting, whatever was waited for. */
  until(what, holds, milliseconds = SOON) {
    const waiting = new Promise((resolve, reject) => {
      const look = () => {
        if (holds(this)) {
          this.#waiting.delete(look);
          resolve();
        } else if (this.failed) {
          this.#waiting.delete(look);
          reject(new Error(`not so: ${what}: ${this.failed.reason ?? this.failed.message ?? JSON.stringify(this.failed)}`, { cause: this.failed }));
        }
      };
      this.#waiting.add(look);
      look();
    });
    return within(`${what} (${this.values.length} values so far)`, milliseconds, waiting);
  }

  /** Facts as [position, kind], however a client wraps them. */
  get facts() {
    return this.values.map((value) => {
      const told = value.data?.factRecorded;
      if (!told) throw new Error(`not so: a fact is told: ${JSON.stringify(value)}`);
      if (told.entry.position !== told.position || told.entry.kind !== told.kind) throw new Error(`not so: the fact of the position: ${JSON.stringify(told)}`);
      return [Number(told.position), told.kind];
    });
  }

  reached(position) {
    return this.until(`told up to ${position}`, (told) => told.facts.some(([at]) => at >= position));
  }
}

// ---------------------------------------------------------------------------------------------------------------------- protocol

/** A connection, all that it heard, and how it was closed. */
function connect(protocols = PROTOCOL, options = {}) {
  const socket = new WebSocket(address, protocols, options);
  const told = new Told();
  socket.on('message', (data, binary) => told.next(binary ? { binary } : JSON.parse(data.toString())));
  const closed = new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('error', (error) => told.error(error));
  });
  const opened = new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  opened.catch(() => {});
  const say = (message) => socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  // A server may ping; whoever tests it answers none and counts none.
  const heard = () => told.values.filter((message) => message.type !== 'ping');
  const of = (id) => heard().filter((message) => message.id === id);
  return { socket, told, closed, opened, say, heard, of };
}

async function acknowledged(token) {
  const connection = connect();
  await within('a connection opens', SOON, connection.opened);
  connection.say({ type: 'connection_init', ...(token && { payload: { Authorization: `Bearer ${token}` } }) });
  await connection.told.until('acknowledged', () => connection.heard().length > 0);
  same('acknowledged', connection.heard()[0].type, 'connection_ack');
  return connection;
}

async function closes(what, code, connection, ...messages) {
  await within(`${what}: opens`, SOON, connection.opened);
  for (const message of messages) connection.say(message);
  const closed = await within(`${what}: closed`, SOON, connection.closed);
  same(`${what}: ${code}`, closed.code, code);
}

/** The handshake by hand: a client as `ws` gives up on a server that chooses none of its protocols, before it hears why. */
function handshake(protocol) {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': 13,
    'sec-websocket-key': Buffer.from('sixteen bytes...').toString('base64'),
    ...(protocol && { 'sec-websocket-protocol': protocol }),
  };
  return within(`a handshake for ${protocol}`, SOON, new Promise((resolve, reject) => {
    const request = http.get(address.replace(/^ws/, 'http'), { headers });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode });
    });
    request.on('upgrade', (response, socket, head) => {
      let bytes = head;
      const chosen = response.headers['sec-websocket-protocol'];
      const look = () => {
        if (bytes.length < 4) return;
        socket.destroy();
        // RFC 6455 §5.2, 5.5.1: FIN and opcode 8, no mask, length; two bytes of code.
        resolve({ status: response.statusCode, chosen, opcode: bytes[0], code: bytes.readUInt16BE(2) });
      };
      socket.on('data', (more) => {
        bytes = Buffer.concat([bytes, more]);
        look();
      });
      socket.on('end', () => resolve({ status: response.statusCode, chosen, ended: true }));
      look();
    });
  }));
}

async function subprotocols() {
  const other = await handshake('graphql-ws');
  same('the subprotocol of old is not spoken: 4406', [other.chosen, other.opcode, other.code], [undefined, 0x88, 4406]);
  await closes('no subprotocol', 4406, connect([]));
  const both = connect(['graphql-ws', PROTOCOL]);
  await within('either of two opens', SOON, both.opened);
  same('of two the one that is spoken', both.socket.protocol, PROTOCOL);
  both.socket.close();
}

async function malformed() {
  const init = { type: 'connection_init' };
  await closes('no JSON', 4400, connect(), '{');
  await closes('an empty message', 4400, connect(), '');
  await closes('no object', 4400, connect(), '[]');
  await closes('no type', 4400, connect(), '{}');
  await closes('an unknown type', 4400, connect(), { type: 'hello' });
  await closes('a type of the protocol of old', 4400, connect(), init, { type: 'start', id: '1', payload: { query: '{ __typename }' } });
  await closes('a type that only servers say', 4400, connect(), init, { type: 'next', id: '1', payload: {} });
  await closes('no JSON, once acknowledged', 4400, connect(), init, 'null');
  await closes('a payload of init that is no object', 4400, connect(), { type: 'connection_init', payload: 'x' });
  await closes('a payload of ping that is no object', 4400, connect(), { type: 'ping', payload: 1 });
  await closes('an operation without id', 4400, connect(), init, { type: 'subscribe', payload: { query: '{ __typename }' } });
  await closes('an operation without payload', 4400, connect(), init, { type: 'subscribe', id: '1' });
  await closes('an id that is no text', 4400, connect(), init, { type: 'subscribe', id: 1, payload: { query: '{ __typename }' } });
  await closes('a binary frame', 4400, connect(), Buffer.from(JSON.stringify(init)));
  const padding = 'x'.repeat(1 << 20);
  await closes('a message of a megabyte', 1009, connect(), { type: 'ping', payload: { padding } });
  await closes('the same, once acknowledged', 1009, connect(), init, { type: 'subscribe', id: '1', payload: { query: `{ __typename } # ${padding}` } });
}

async function order() {
  const operation = (id, query = RECORDED) => ({ type: 'subscribe', id, payload: { query } });
  const init = { type: 'connection_init', payload: { Authorization: `Bearer ${auditor}` } };
  await closes('an operation before init', 4401, connect(), operation('1'));
  await closes('a bad token', 4403, connect(), { type: 'connection_init', payload: { Authorization: 'Bearer x' } });
  await closes('a bad token by a name in small letters', 4403, connect(), { type: 'connection_init', payload: { authorization: 'Bearer x' } });
  await closes('init twice', 4429, connect(), init, init);
  await closes('an id twice at once', 4409, connect(), init, operation('a'), operation('a'));
  const apart = connect();
  await within('opens', SOON, apart.opened);
  [init, operation('a'), operation('b'), { type: 'ping' }].forEach(apart.say);
  await apart.told.until('two ids at once', () => apart.heard().some((message) => message.type === 'pong'));
  const rest = apart.heard().map((message) => message.type).filter((type) => type !== 'next');
  same('two ids at once are nothing bad', rest, ['connection_ack', 'pong']);
  apart.socket.close();
}

async function pings() {
  const connection = connect();
  await within('opens', SOON, connection.opened);
  const pong = async (what, ping, expected) => {
    const before = connection.heard().length;
    connection.say(ping);
    await connection.told.until(what, () => connection.heard().length > before);
    same(what, Object.entries(connection.heard().at(-1)).sort(), Object.entries(expected).sort());
  };
  const payload = { a: [1, { b: 'ữ' }], z: null };
  await pong('a ping before init is answered', { type: 'ping', payload }, { type: 'pong', payload });
  await pong('then init', { type: 'connection_init', payload: {} }, { type: 'connection_ack' });
  await pong('a ping with a payload has it back', { type: 'ping', payload }, { type: 'pong', payload });
  await pong('one without has none', { type: 'ping' }, { type: 'pong' });
  connection.say({ type: 'pong', payload });
  await pong('a pong that nobody asked for is heard out', { type: 'ping' }, { type: 'pong' });
  connection.socket.close();
}

/** RFC 6455 §5.5.1: whoever is told Close, and has not said it, says it too; or the client takes the line for broken (1006). */
async function farewell() {
  const fresh = connect();
  await within('opens', SOON, fresh.opened);
  const following = await acknowledged(auditor);
  following.say({ type: 'subscribe', id: '1', payload: { query: RECORDED } });
  for (const [what, connection] of [['that said nothing', fresh], ['that follows', following]]) {
    connection.socket.close(1000, 'done');
    const closed = await within('closed', SOON, connection.closed);
    same(`a client ${what} says Close, and is told Close`, closed.code, 1000);
  }
}

/** Says something and waits for what comes of one operation, up to its end; then a ping, to see that nothing else came. */
async function operate(connection, id, payload) {
  connection.say({ type: 'subscribe', id, payload });
  await connection.told.until(`the end of ${id}`, () => connection.of(id).some((message) => message.type !== 'next'));
  connection.say({ type: 'ping', payload: { after: id } });
  await connection.told.until('a pong', () => connection.heard().some((message) => message.type === 'pong' && message.payload?.after === id));
  return connection.of(id);
}

async function operations() {
  const connection = await acknowledged(receiver);
  const types = (messages) => messages.map((message) => message.type);
  const query = 'query OfficeOf($code: String!) { office(code: $code) { code } }';
  const found = await operate(connection, 'query', { query, variables: { code: office }, operationName: 'OfficeOf' });
  same('a query is answered once, and ends', types(found), ['next', 'complete']);
  same('with its data', found[0].payload.data, { office: { code: office } });
  const again = await operate(connection, 'query2', { query: '{ worklist(first: 1) { nodes { code } } }' });
  check('as who the token says', !again[0].payload.errors && Array.isArray(again[0].payload.data.worklist.nodes), again);

  const mutation = `mutation Accept($input: AcceptDossierAtCounterInput!) {
    acceptDossierAtCounter(input: $input) { code repeated errors { code } }
  }`;
  const given = input(office, procedure);
  const done = await operate(connection, 'mutation', { query: mutation, variables: { input: given } });
  same('a command too', [types(done), done[0].payload.data.acceptDossierAtCounter.errors], [['next', 'complete'], []]);
  const repeated = await operate(connection, 'mutation again', { query: mutation, variables: { input: given } });
  same('sent again, once', [repeated[0].payload.data.acceptDossierAtCounter.repeated, repeated[0].payload.data.acceptDossierAtCounter.code], [true, done[0].payload.data.acceptDossierAtCounter.code]);

  const coded = async (what, payload, code) => {
    const told = await operate(connection, what, payload);
    same(`${what}: one error message`, types(told), ['error']);
    same(`${what}: its code`, told[0].payload.map?.((error) => error.extensions?.code), [code]);
  };
  await coded('a document that does not fit', { query: 'subscription { noSuchField }' }, 'GRAPHQL_VALIDATION_FAILED');
  await coded('no document', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED');
  await coded('a variable of another type', { query: TRACKED, variables: { code: [] } }, 'GRAPHQL_VALIDATION_FAILED');
  await coded('two root fields', { query: `subscription { a: boardChanged(office: "${office}") { kind } b: boardChanged(office: "${office}") { kind } }` }, 'GRAPHQL_VALIDATION_FAILED');

  const refused = async (what, payload, code) => {
    const told = await operate(connection, what, payload);
    const errors = told[0].type === 'error' ? told[0].payload : told[0].payload.errors;
    same(`${what}: its code`, errors?.map((error) => error.extensions?.code), [code]);
    check(`${what}: it ends`, told[0].type === 'error' ? told.length === 1 : told.at(-1).type === 'complete', told);
    check(`${what}: no data`, !told[0].payload.data, told);
  };
  await refused('facts are not for a receiver', { query: RECORDED }, 'FORBIDDEN');
  await refused('a token that is none', { query: TRACKED, variables: { code: done[0].payload.data.acceptDossierAtCounter.code, after: 'x' } }, 'BAD_USER_INPUT');
  await refused('a dossier that there is not', { query: TRACKED, variables: { code: `${office}-200101-0001` } }, 'BAD_USER_INPUT');
  connection.socket.close();

  const nobody = await acknowledged();
  const board = await operate(nobody, 'facts', { query: RECORDED });
  const errors = board[0].type === 'error' ? board[0].payload : board[0].payload.errors;
  same('facts are not for everybody', errors.map((error) => error.extensions.code), ['UNAUTHENTICATED']);
  nobody.socket.close();
}

/** What the client ends is ended: the id is free, and nothing of it comes any more. */
async function ends() {
  const connection = await acknowledged();
  const { code, position } = await accept();
  const { resume } = await here();
  const operation = (id) => connection.say({ type: 'subscribe', id, payload: { query: TRACKED, variables: { code, after: resume } } });
  operation('ended');
  operation('kept');
  const at = await forward(code);
  check('a fact after the others', at > position, at);
  await connection.told.until('both are told', () => connection.of('ended').length === 1 && connection.of('kept').length === 1);
  const [{ payload }] = connection.of('kept');
  same('what is told', [payload.data.trackingChanged.position, payload.data.trackingChanged.tracking.code], [String(at), code]);
  connection.say({ type: 'complete', id: 'ended' });
  connection.say({ type: 'ping' });
  await connection.told.until('a pong', () => connection.heard().at(-1).type === 'pong');
  await recall(code);
  await connection.told.until('the other goes on', () => connection.of('kept').length === 2);
  same('what is ended hears nothing', connection.of('ended').length, 1);
  operation('ended');
  await connection.told.until('its id is free again', () => connection.of('ended').length >= 3);
  same('and begins where it was told to', connection.of('ended')[1].payload.data.trackingChanged.position, String(at));
  connection.socket.close();
}

/** Takes back what was passed on. */
async function recall(code) {
  const query = 'mutation Recall($input: RecallStepInput!) { recallStep(input: $input) { position errors { code field } } }';
  const { recallStep: done } = await ask(receiver, query, { input: { commandId: input().commandId, dossier: code, reason: 'TYPING_ERROR' } });
  if (done.errors.length > 0) throw new Error(JSON.stringify(done.errors));
  return Number(done.position);
}

export async function protocol() {
  const silent = connect();
  const began = performance.now();
  await within('opens', SOON, silent.opened);
  const closing = silent.closed.then((closed) => [closed.code, performance.now() - began > 1_000]);
  async function silence() {
    const closed = await within('a connection that says nothing is closed', INIT_MAX, closing);
    same('a connection that says nothing is closed, and not at once: 4408', closed, [4408, true]);
  }
  await all(subprotocols, malformed, order, pings, farewell, operations, ends, silence);
}

// --------------------------------------------------------------------------------------------------------------------- graphql-ws

const wsClient = (token, more = {}) => createWs({
  url: address,
  webSocketImpl: WebSocket,
  connectionParams: token ? { Authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
  ...more,
});

/** Does things, and holds what a follower is told against what the trail has. */
async function follows(who, follow) {
  const { resume, visibleSize } = await here();
  const told = new Told();
  const stop = follow({ query: RECORDED, variables: { after: resume } }, told);
  const { code } = await accept();
  await accept();
  const last = await forward(code);
  await told.reached(last);
  const expected = await trail(Number(visibleSize), last);
  check(`${who}: five facts at least`, expected.length >= 5, expected);
  same(`${who}: is told every fact, once and in order`, told.facts.filter(([at]) => at <= last), expected);
  await stop?.();
}

async function reconnects() {
  let socket;
  let mayReturn = () => {};
  const returns = new Promise((resolve) => { mayReturn = resolve; });
  const client = wsClient(auditor, { retryAttempts: 3, shouldRetry: () => true, retryWait: () => returns, on: { connected: (one) => { socket = one; } } });
  const { resume, visibleSize } = await here();
  const variables = { after: resume };
  const told = new Told();
  const stop = client.subscribe({ query: RECORDED, variables }, {
    ...told,
    next: (value) => {
      // The payload is sent again when the client comes back: with the newest token it goes on behind what was told.
      variables.after = value.data.factRecorded.resume;
      told.next(value);
    },
    error: told.error,
    complete: told.complete,
  });
  const first = await accept();
  await told.reached(first.position);
  const before = socket;
  before.terminate();
  const missed = await accept();
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  check('a client that is cut off is told nothing', told.facts.every(([at]) => at < missed.position), told.facts);
  mayReturn();
  await told.reached(missed.position);
  const last = await forward(missed.code);
  await told.reached(last);
  check('it came back on another connection', socket !== before);
  same('graphql-ws, cut off and back: every fact, once and in order', told.facts.filter(([at]) => at <= last), await trail(Number(visibleSize), last));
  stop();
  await client.dispose();
}

/** Each subscription tells of a change, with what can be read by then. */
async function each() {
  const client = wsClient(receiver);
  const auditing = wsClient(auditor);
  const { code } = await accept();
  const { resume } = await here();
  const tells = {
    trackingChanged: ['trackingChanged(code: $code, after: $after) { position resume kind tracking { code status } }', '$code: String!', (told) => told.tracking.code === code],
    dossierChanged: ['dossierChanged(by: { code: $code }, after: $after) { position resume kind dossier { code version handler } }', '$code: String!', (told) => told.dossier.handler !== undefined && told.dossier.version === 3],
    worklistChanged: ['worklistChanged(after: $after) { position resume kind listed dossier { code version } }', '', (told) => told.listed && told.dossier.code === code],
    boardChanged: ['boardChanged(office: $office, after: $after) { position resume kind board { office { code } processing { total } } }', '$office: String!', (told) => told.board.office.code === office],
    statisticsChanged: ['statisticsChanged(office: $office, from: $day, to: $day, after: $after) { position resume kind statistics { received { total } } }', '$office: String!, $day: Date!', (told) => told.statistics.received.total > 0],
    factRecorded: ['factRecorded(after: $after, filter: { code: $code }) { position resume kind entry { code kind } }', '$code: String!', (told) => told.entry.code === code && told.entry.kind === told.kind],
  };
  const { journal: { clock } } = await ask(undefined, '{ journal { clock } }');
  // The day in Hanoi.
  const day = new Date(Date.parse(clock) + 7 * 3_600_000).toISOString().slice(0, 10);
  const following = Object.entries(tells).map(([name, [field, needs, fits]]) => {
    const told = new Told();
    const of = name === 'factRecorded' ? auditing : client;
    const all = { code, office, day };
    const variables = Object.fromEntries(Object.entries(all).filter(([key]) => needs.includes(`$${key}:`)));
    const query = `subscription One($after: String${needs && `, ${needs}`}) { ${field} }`;
    of.subscribe({ query, variables: { ...variables, after: resume } }, told);
    return { name, told, fits };
  });
  const at = await forward(code);
  for (const { name, told, fits } of following) {
    await told.until(`${name} is told`, () => told.values.length > 0);
    const [value] = told.values;
    check(`${name}: no error`, !value.errors, value);
    const one = value.data[name];
    same(`${name}: at the fact`, one.position, String(at));
    check(`${name}: a token to go on`, typeof one.resume === 'string' && one.resume !== resume, one);
    check(`${name}: what it is now`, fits(one), one);
  }
  same('graphql-ws: all on one connection each', following.length, 6);
  await client.dispose();
  await auditing.dispose();
}

async function wsFollows() {
  const client = wsClient(auditor);
  await follows('graphql-ws', (request, told) => client.subscribe(request, told));
  const values = [];
  const { resume } = await here();
  const { position } = await accept();
  for await (const value of client.iterate({ query: RECORDED, variables: { after: resume } })) {
    values.push(Number(value.data.factRecorded.position));
    if (values.at(-1) >= position) break;
  }
  check('graphql-ws: as an iterator too', values.length > 0 && values.at(-1) === position, values, position);
  await client.dispose();
}

async function wsRefused() {
  const bad = wsClient('x.y.z');
  const told = new Told();
  bad.subscribe({ query: RECORDED }, told);
  await told.until('a bad token is refused', () => Boolean(told.failed));
  same('graphql-ws: a bad token closes with 4403', told.failed.code, 4403);
  const forbidden = new Told();
  const officer = wsClient(receiver);
  officer.subscribe({ query: RECORDED }, forbidden);
  await forbidden.until('what is not for the reader is refused', () => Boolean(forbidden.failed) || forbidden.ended);
  const errors = Array.isArray(forbidden.failed) ? forbidden.failed : forbidden.values[0]?.errors;
  same('graphql-ws: its code', errors?.map((error) => error.extensions.code), ['FORBIDDEN']);
  await officer.dispose();
}

export async function ws() {
  await all(wsFollows, wsRefused, reconnects, each);
}

// -------------------------------------------------------------------------------------------------------------------- graphql-sse

const sseClient = (token, more = {}) => createSse({
  url,
  singleConnection: false,
  headers: token ? { Authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
  ...more,
});

/** The events of one stream as they come, until its end or until enough; each with the fields that it has. */
async function events(request, options, enough = () => false) {
  const stop = new AbortController();
  const response = await within('a stream begins', SOON, fetch(request, { ...options, signal: stop.signal }));
  const found = [];
  let rest = '';
  const read = (async () => {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      rest += chunk;
      const blocks = rest.split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const lines = block.split('\n').filter((line) => !line.startsWith(':'));
        if (lines.length > 0) found.push(Object.fromEntries(lines.map((line) => /^([a-z]+): ?(.*)$/s.exec(line).slice(1))));
      }
      if (enough(found)) break;
    }
  })();
  await within('a stream ends, or tells enough', SOON, read).catch((error) => {
    error.message += `\n${JSON.stringify(found)}`;
    throw error;
  }).finally(() => stop.abort());
  const type = response.headers.get('content-type');
  return { status: response.status, type, events: found, told: found.filter((event) => event.event), rest };
}

async function bytes() {
  const accept_ = { accept: 'text/event-stream' };
  const posted = (body, more = {}) => ({ method: 'POST', headers: { ...accept_, 'content-type': 'application/json', ...more }, body: JSON.stringify(body) });
  const parameters = (body) => `${url}?${new URLSearchParams({ query: body.query, ...(body.variables && { variables: JSON.stringify(body.variables) }) })}`;
  const query = { query: 'query OfficeOf($code: String!) { office(code: $code) { code } }', variables: { code: office } };
  for (const [how, stream] of [['POST', await events(url, posted(query))], ['GET', await events(parameters(query), { headers: accept_ })]]) {
    same(`a query as a stream, by ${how}`, [stream.status, stream.type.split(';')[0]], [200, 'text/event-stream']);
    same('one next, one complete, and the end', stream.told.map((event) => event.event), ['next', 'complete']);
    same('its data', JSON.parse(stream.told[0].data), { data: { office: { code: office } } });
    same('complete has no data', stream.told[1].data ?? '', '');
  }
  const misfit = await events(url, posted({ query: 'subscription { noSuchField }' }));
  same('a document that does not fit: next and complete', misfit.told.map((event) => event.event), ['next', 'complete']);
  same('its code', JSON.parse(misfit.told[0].data).errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  const bad = await fetch(url, posted({ query: RECORDED }, { authorization: 'Bearer x.y.z' }));
  same('a bad token is refused before any stream', [bad.status, (await bad.json()).errors[0].extensions.code], [401, 'UNAUTHENTICATED']);
  const mutation = `mutation { acceptDossierAtCounter(input: { commandId: "${input().commandId}", office: "${office}", procedure: "${procedure}", applicant: { fullName: "Nguyễn Văn Ánh" } }) { code } }`;
  const before = (await here()).visibleSize;
  const getting = await fetch(parameters({ query: mutation }), { headers: { ...accept_, authorization: `Bearer ${receiver}` } });
  const text = await getting.text();
  check('no command goes by GET', text.includes('METHOD_NOT_ALLOWED') && !text.includes('"data":{'), getting.status, text);
  same('and none was done', (await here()).visibleSize, before);

  // A stream by GET, and what a browser does when it comes back: the newest event's id in a header.
  const { code } = await accept();
  const { resume } = await here();
  const followed = { query: TRACKED, variables: { code, after: resume } };
  const at = await forward(code);
  const first = await events(parameters(followed), { headers: accept_ }, (found) => found.some((event) => event.event === 'next'));
  const [one] = first.told;
  const change = JSON.parse(one.data).data.trackingChanged;
  same('a subscription by GET', [change.position, change.tracking.code], [String(at), code]);
  same('its event bears its token', one.id, change.resume);
  const back = await recall(code);
  const second = await events(parameters(followed), { headers: { ...accept_, 'last-event-id': one.id } }, (found) => found.some((event) => event.event === 'next'));
  same('and who comes back with it goes on behind it', JSON.parse(second.told[0].data).data.trackingChanged.position, String(back));
}

/** Whoever can read JSON, and a stream as well, is answered a query as JSON: urql says so with every request. */
async function either() {
  const query = { query: 'query OfficeOf($code: String!) { office(code: $code) { code } }', variables: { code: office } };
  const accepts = 'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
  const response = await fetch(url, { method: 'POST', headers: { accept: accepts, 'content-type': 'application/json' }, body: JSON.stringify(query) });
  await response.arrayBuffer();
  same('JSON before a stream, where it stands before it', response.headers.get('content-type').split(';')[0], 'application/graphql-response+json');
}

async function sseFollows() {
  const client = sseClient(auditor);
  await follows('graphql-sse', (request, told) => client.subscribe(request, told));
  client.dispose();
}

/** Cut off and back: on behind the newest token. */
async function sseReturns() {
  const client = sseClient(auditor);
  const { resume, visibleSize } = await here();
  const first = new Told();
  const stop = client.subscribe({ query: RECORDED, variables: { after: resume } }, first);
  const { code } = await accept();
  await first.reached(await forward(code));
  stop();
  const heard = first.values.length;
  const missed = await accept();
  const second = new Told();
  const after = first.values.at(-1).data.factRecorded.resume;
  client.subscribe({ query: RECORDED, variables: { after } }, second);
  const last = await forward(missed.code);
  await second.reached(last);
  same('whoever has gone is told nothing', first.values.length, heard);
  check('graphql-sse: what was missed is told', second.facts.some(([at]) => at === missed.position), second.facts);
  const all = [...first.facts, ...second.facts];
  same('graphql-sse, gone and back: every fact, once and in order', all.filter(([at]) => at <= last), await trail(Number(visibleSize), last));
  client.dispose();
}

async function sseAnswers() {
  const client = sseClient(auditor);
  const query = new Told();
  client.subscribe({ query: '{ journal { id } }' }, query);
  await query.until('a query ends', () => query.ended);
  check('graphql-sse: a query is answered once', query.values.length === 1 && Boolean(query.values[0].data.journal.id), query.values);
  const misfit = new Told();
  client.subscribe({ query: 'subscription { noSuchField }' }, misfit);
  await misfit.until('a document that does not fit ends', () => misfit.ended || Boolean(misfit.failed));
  same('graphql-sse: its code', misfit.values[0]?.errors?.[0]?.extensions?.code, 'GRAPHQL_VALIDATION_FAILED');
  const forbidden = new Told();
  sseClient(receiver).subscribe({ query: RECORDED }, forbidden);
  await forbidden.until('what is not for the reader ends', () => forbidden.ended || Boolean(forbidden.failed));
  same('graphql-sse: its code', forbidden.values[0]?.errors?.[0]?.extensions?.code, 'FORBIDDEN');
  const bad = new Told();
  sseClient('x.y.z').subscribe({ query: RECORDED }, bad);
  await bad.until('a bad token fails', () => Boolean(bad.failed));
  same('graphql-sse: a bad token fails with 401', bad.failed.response?.status, 401);
  client.dispose();
}

export async function sse() {
  await all(bytes, either, sseFollows, sseReturns, sseAnswers);
}

// ------------------------------------------------------------------------------------------------------------------ Apollo, urql

async function apollo() {
  const socket = wsClient(auditor);
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
  await follows('Apollo Client over graphql-ws', ({ query, variables }, told) => {
    const followed = client.subscribe({ query: gql(query), variables }).subscribe({ ...told, next: told.next, error: told.error });
    return () => followed.unsubscribe();
  });
  const { data } = await client.query({ query: gql`query OfficeOf($code: String!) { office(code: $code) { id code } }`, variables: { code: office } });
  same('Apollo Client: a query over the same link', data.office.code, office);
  await socket.dispose();
}

async function apolloRefused() {
  const officer = wsClient(receiver);
  const refused = new ApolloClient({ link: new GraphQLWsLink(officer), cache: new InMemoryCache() });
  const told = new Told();
  refused.subscribe({ query: gql(RECORDED) }).subscribe({ next: told.next, error: told.error, complete: told.complete });
  await told.until('Apollo Client is told of the refusal', () => told.values.some((value) => value.error) || Boolean(told.failed));
  const error = told.failed ?? told.values[0].error;
  check('Apollo Client: as a CombinedGraphQLErrors', CombinedGraphQLErrors.is(error), String(error));
  same('Apollo Client: its code', error.errors[0].extensions.code, 'FORBIDDEN');
  await officer.dispose();
}

/** What a subscription tells of a dossier is the dossier that a query has in the cache. */
async function apolloCache() {
  const mixed = wsClient(receiver);
  const headers = { authorization: `Bearer ${receiver}` };
  const reader = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });
  const listener = new ApolloClient({ link: new GraphQLWsLink(mixed), cache: reader.cache });
  const { code } = await accept();
  const query = gql`query DossierOf($code: String!) { dossier(by: { code: $code }) { id version } }`;
  const before = await reader.query({ query, variables: { code } });
  const { resume } = await here();
  const changed = new Told();
  const subscription = gql`
    subscription Changed($code: String!, $after: String) {
      dossierChanged(by: { code: $code }, after: $after) { position dossier { id version } }
    }
  `;
  listener.subscribe({ query: subscription, variables: { code, after: resume } }).subscribe({ next: changed.next, error: changed.error });
  await forward(code);
  await changed.until('Apollo Client is told of the dossier', () => changed.values.length > 0);
  const after = reader.readQuery({ query, variables: { code } });
  same('Apollo Client: what is told is in the cache', after.dossier.version, changed.values[0].data.dossierChanged.dossier.version);
  check('Apollo Client: and is newer', after.dossier.version > before.data.dossier.version, after);
  await mixed.dispose();
}

async function urql() {
  const fetchOptions = { headers: { authorization: `Bearer ${auditor}` } };
  const of = (exchanges, more = {}) => new Client({ url, exchanges: [cacheExchange, ...exchanges, fetchExchange], fetchOptions, preferGetMethod: false, ...more });
  const through = (client) => (request, told) => {
    const followed = client.subscription(request.query, request.variables).subscribe((result) => (result.error ? told.error(result.error) : told.next(result)));
    return () => followed.unsubscribe();
  };
  const forwardTo = (client) => subscriptionExchange({
    forwardSubscription: (request) => ({ subscribe: (sink) => ({ unsubscribe: client.subscribe(request, sink) }) }),
  });
  const socket = wsClient(auditor);
  await follows('urql over graphql-ws', through(of([forwardTo(socket)])));
  await socket.dispose();
  const stream = sseClient(auditor);
  await follows('urql over graphql-sse', through(of([forwardTo(stream)])));
  stream.dispose();
  await follows('urql by itself (fetchSubscriptions)', through(of([], { fetchSubscriptions: true })));
  const officer = of([], { fetchSubscriptions: true, fetchOptions: { headers: { authorization: `Bearer ${receiver}` } } });
  const refused = new Told();
  officer.subscription(RECORDED, {}).subscribe(refused.next);
  await refused.until('urql is told of the refusal', () => refused.values.length > 0);
  same('urql by itself: its code', refused.values[0].error?.graphQLErrors[0]?.extensions.code, 'FORBIDDEN');
}

export async function clients() {
  await all(apollo, apolloRefused, apolloCache, urql);
}

const PARTS = { protocol, ws, sse, clients };
const wanted = values.part ?? Object.keys(PARTS);
const unknown = wanted.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown}`);
  process.exit(2);
}
await run(...wanted.map((part) => PARTS[part]));
