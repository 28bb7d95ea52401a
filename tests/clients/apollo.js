// Apollo Client against a running server, with nothing set but its address, the token, and a relay-style list.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { arguments_, badInput, check, failure, input, run, same } from './kit.js';

const { url, receiver, auditor, office, procedure } = arguments_();

/** A client of whoever has the token, and the statuses and media types of its answers. */
function client(token, more = {}) {
  const answers = [];
  const fetching = async (...asked) => {
    const response = await fetch(...asked);
    answers.push({ status: response.status, type: response.headers.get('content-type'), method: asked[1]?.method });
    return response;
  };
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const link = ApolloLink.from([new HttpLink({ uri: url, headers, fetch: fetching, ...more })]);
  const lists = Object.fromEntries(['auditTrail', 'worklist'].map((name) => [name, relayStylePagination(['filter'])]));
  const fields = { ...lists, procedures: relayStylePagination(['search', 'on']) };
  const cache = new InMemoryCache({ typePolicies: { Query: { fields } }, possibleTypes: { Node: ['Dossier', 'Office', 'Procedure'] } });
  return Object.assign(new ApolloClient({ link, cache }), { answers });
}

const OFFICE = gql`
  query OfficeOf($code: String!) { office(code: $code) { id code name { vi en } } }
`;
const ACCEPT = gql`
  mutation Accept($input: AcceptDossierAtCounterInput!) {
    acceptDossierAtCounter(input: $input) {
      code
      capability
      position
      repeated
      visible
      dossier { id code version handler }
      errors { code field messageVi messageEn }
    }
  }
`;
const FORWARD = gql`
  mutation Forward($input: ForwardDossierInput!) {
    forwardDossier(input: $input) { position dossier { id version handler } errors { code field } }
  }
`;
const DOSSIER = gql`
  query DossierOf($code: String!) { dossier(by: { code: $code }) { id code version handler } }
`;
const NODE = gql`
  query Again($id: ID!) { node(id: $id) { id ... on Procedure { code } ... on Dossier { code version } ... on Office { code } } }
`;
const TRAIL = gql`
  query Trail($first: Int!, $after: String) {
    auditTrail(first: $first, after: $after) {
      edges { cursor node { position kind recordedAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const WORKLIST = gql`
  query Worklist($first: Int!, $after: String) {
    worklist(first: $first, after: $after) { edges { node { id code dueAt } } pageInfo { hasNextPage endCursor } }
  }
`;
const PROCEDURES = gql`
  query Procedures($first: Int!, $after: String) {
    procedures(first: $first, after: $after) { edges { node { id code } } pageInfo { hasNextPage endCursor } }
  }
`;

async function queries() {
  const everybody = client();
  const { data } = await everybody.query({ query: OFFICE, variables: { code: office } });
  same('a query with variables is answered', data.office.code, office);
  check('with the media type that the client prefers', everybody.answers[0].type.startsWith('application/graphql-response+json'), everybody.answers);
  await everybody.query({ query: OFFICE, variables: { code: office } });
  same('a second one comes from the cache', everybody.answers.length, 1);
  const getting = client(undefined, { useGETForQueries: true });
  const got = await getting.query({ query: OFFICE, variables: { code: office } });
  same('the same by GET', got.data.office, data.office);
  same('it was a GET', getting.answers.map((answer) => answer.method), ['GET']);
  const none = await everybody.query({ query: OFFICE, variables: { code: 'H99.99.99' } });
  same('null for what there is not', none.data.office, null);
}

/** Follows a watched query, once its first answer is there. */
async function first(watched, told = () => {}) {
  let kept;
  await new Promise((resolve, reject) => {
    kept = watched.subscribe(({ data, dataState, error }) => {
      if (error) reject(error);
      if (dataState === 'complete') resolve(told(data));
    });
  });
  return kept;
}

/** Reads a list with `fetchMore` until so many pages are there, or to its end. */
async function pages(of, query, field, key, size, most) {
  const list = of.watchQuery({ query, variables: { first: size } });
  const kept = await first(list);
  let count = 1;
  const all = () => of.readQuery({ query, variables: { first: size } })[field];
  const edges = () => all().edges;
  while (count < most && all().pageInfo.hasNextPage) {
    const before = edges().length;
    await list.fetchMore({ variables: { after: all().pageInfo.endCursor } });
    check(`${field}: page ${count + 1} adds to the list`, edges().length > before && edges().length <= before + size, edges());
    count += 1;
  }
  kept.unsubscribe();
  const keys = edges().map((edge) => edge.node[key]);
  same(`${field}: nothing comes twice`, new Set(keys).size, keys.length);
  const whole = await of.query({ query, variables: { first: Math.min(100, keys.length) }, fetchPolicy: 'no-cache' });
  same(`${field}: ${count} pages are what one page is`, keys, whole.data[field].edges.map((edge) => edge.node[key]));
  return count;
}

async function lists() {
  const trail = await pages(client(auditor), TRAIL, 'auditTrail', 'position', 4, 4);
  check('auditTrail: three pages at least', trail >= 3, trail);
  const officer = client(receiver);
  for (let more = 0; more < 3; more += 1) {
    const { data } = await officer.mutate({ mutation: ACCEPT, variables: { input: input(office, procedure) } });
    same('a dossier for the list', data.acceptDossierAtCounter.errors, []);
  }
  const work = await pages(officer, WORKLIST, 'worklist', 'code', 1, 3);
  check('worklist: three pages at least', work >= 3, work);
  await pages(client(), PROCEDURES, 'procedures', 'code', 2, 5);
}

async function commands() {
  const officer = client(receiver);
  const accept = (given, more = {}) => officer.mutate({ mutation: ACCEPT, variables: { input: given }, ...more });
  const bad = (await accept(badInput(office, procedure))).data.acceptDossierAtCounter;
  same('a refused command is data', [bad.position, bad.dossier, bad.repeated], [null, null, false]);
  same('with typed errors by field', bad.errors.map((error) => [error.code, error.field.join('.')]), [
    ['TEXT_EMPTY', 'input.applicant.fullName'],
    ['VALUE_MALFORMED', 'input.applicant.citizenNumber'],
  ]);
  check('in both languages', bad.errors.every((error) => error.messageVi && error.messageEn), bad.errors);

  const given = input(office, procedure);
  const done = (await accept(given)).data.acceptDossierAtCounter;
  same('a good one is done', [done.errors, done.repeated, done.visible], [[], false, true]);
  check('and numbered', done.code.startsWith(office) && /^\d+$/.test(done.position), done);
  const again = (await accept(given)).data.acceptDossierAtCounter;
  same('sent again, it gives the same', { ...again, repeated: false }, done);
  same('and says so', again.repeated, true);
  const other = { ...given, applicant: { ...given.applicant, fullName: 'Trần Thị Bé' } };
  const conflict = (await accept(other)).data.acceptDossierAtCounter;
  same('with other content it is refused', conflict.errors.map((error) => error.code), ['IDEMPOTENCY_CONFLICT']);

  const watched = officer.watchQuery({ query: DOSSIER, variables: { code: done.code } });
  const versions = [];
  const kept = await first(watched, (data) => versions.push(data.dossier.version));
  const command = { commandId: input().commandId, dossier: done.dossier.id, to: 'handler-01' };
  const forwarded = await officer.mutate({ mutation: FORWARD, variables: { input: command } });
  same('forwarded by its global id', forwarded.data.forwardDossier.errors, []);
  const version = forwarded.data.forwardDossier.dossier.version;
  check('a mutation moves the version', version > done.dossier.version, forwarded.data);
  const asked = officer.answers.length;
  same('whoever watches the dossier is told by the cache', versions.at(-1), version);
  same('without asking again', officer.answers.length, asked);
  kept.unsubscribe();
  const server = await officer.query({ query: DOSSIER, variables: { code: done.code }, fetchPolicy: 'network-only' });
  same('and the server says the same', server.data.dossier.version, version);
}

async function errors() {
  const officer = client(receiver);
  const coded = async (what, of, operation, code, status) => {
    const error = await failure(what, of.query(operation));
    check(`${what}: a CombinedGraphQLErrors`, CombinedGraphQLErrors.is(error), String(error), error);
    same(`${what}: its code`, error.errors[0].extensions?.code, code);
    check(`${what}: its text in Vietnamese`, Boolean(error.errors[0].extensions.messageVi), error.errors);
    same(`${what}: its status`, of.answers.at(-1).status, status);
    return error;
  };
  const forbidden = await coded('what is not for the reader', officer, { query: TRAIL, variables: { first: 1 } }, 'FORBIDDEN', 200);
  same('it names its place', forbidden.errors[0].path, ['auditTrail']);
  same('beside the data', forbidden.data, { auditTrail: null });
  await coded('nobody signed in', client(), { query: TRAIL, variables: { first: 1 } }, 'UNAUTHENTICATED', 200);
  await coded('a page too large', client(auditor), { query: TRAIL, variables: { first: 1_000 } }, 'BAD_USER_INPUT', 200);
  await coded('a bad token', client('x.y.z'), { query: OFFICE, variables: { code: office } }, 'UNAUTHENTICATED', 401);
  await coded('no such field', client(), { query: gql`{ noSuchField }` }, 'GRAPHQL_VALIDATION_FAILED', 400);
  await coded('a variable of another type', client(), { query: OFFICE, variables: { code: [] } }, 'GRAPHQL_VALIDATION_FAILED', 400);
  const partial = await client(receiver).query({
    query: gql`query Partly($code: String!) { office(code: $code) { id code } auditTrail(first: 1) { edges { cursor } } }`,
    variables: { code: office },
    errorPolicy: 'all',
  });
  same('what can be answered is, beside an error', partial.data.office.code, office);
  check('and the error stands beside it', CombinedGraphQLErrors.is(partial.error), partial);
}

async function identity() {
  const everybody = client();
  const { data } = await everybody.query({ query: PROCEDURES, variables: { first: 1 } });
  const [{ node: first }] = data.procedures.edges;
  const again = await everybody.query({ query: NODE, variables: { id: first.id } });
  same('node gives what the list gave', [again.data.node.__typename, again.data.node.code], ['Procedure', first.code]);
  const cached = everybody.cache.extract();
  const identity = everybody.cache.identify(first);
  same('a global id is one object in the cache', identity, `Procedure:${first.id}`);
  same('node refers to it', cached.ROOT_QUERY[`node(${JSON.stringify({ id: first.id })})`], { __ref: identity });
  same('the list refers to it', cached.ROOT_QUERY['procedures:{}'].edges[0].node, { __ref: identity });
  const fragment = everybody.cache.readFragment({ id: identity, fragment: gql`fragment Any on Node { id }` });
  same('a fragment on the interface reads it', fragment?.id, first.id);
  const none = await everybody.query({ query: NODE, variables: { id: 'T2ZmaWNlOkg5OS45OQ' } });
  same('an id of nothing is null', none.data.node, null);
}

await run(queries, lists, commands, errors, identity);
