// urql against a running server, as it comes: its own `Accept`, its own cache.
import { Client, CombinedError, cacheExchange, fetchExchange, gql } from '@urql/core';
import { arguments_, badInput, check, input, run, same } from './kit.js';

const { url, receiver, auditor, office, procedure } = arguments_();

function client(token, more = {}) {
  const answers = [];
  const fetching = async (...asked) => {
    const response = await fetch(...asked);
    answers.push({ status: response.status, type: response.headers.get('content-type'), method: asked[1]?.method });
    return response;
  };
  const fetchOptions = { headers: token ? { authorization: `Bearer ${token}` } : {} };
  const exchanges = [cacheExchange, fetchExchange];
  return Object.assign(new Client({ url, exchanges, fetch: fetching, fetchOptions, preferGetMethod: false, ...more }), { answers });
}

const OFFICE = gql`
  query OfficeOf($code: String!) { office(code: $code) { id code name { vi en } } }
`;
const TRAIL = gql`
  query Trail($first: Int!, $after: String) {
    auditTrail(first: $first, after: $after) { nodes { position } pageInfo { hasNextPage endCursor } }
  }
`;
const ACCEPT = gql`
  mutation Accept($input: AcceptDossierAtCounterInput!) {
    acceptDossierAtCounter(input: $input) {
      code
      position
      repeated
      dossier { id code version }
      errors { code field messageVi messageEn }
    }
  }
`;
const DOSSIER = gql`
  query DossierOf($id: ID!) { dossier(by: { id: $id }) { id code version } }
`;

async function queries() {
  for (const [how, preferGetMethod] of [['POST', false], ['GET', 'force'], ['GET', 'within-url-limit']]) {
    const everybody = client(undefined, { preferGetMethod });
    const result = await everybody.query(OFFICE, { code: office }).toPromise();
    same(`a query with variables by ${how} (${preferGetMethod})`, [result.error, result.data?.office.code], [undefined, office]);
    same('it was sent so', everybody.answers.map((answer) => answer.method), [how]);
    const type = everybody.answers[0].type;
    check('one answer is one JSON text, not a stream', type.startsWith('application/graphql-response+json'), everybody.answers);
    await everybody.query(OFFICE, { code: office }).toPromise();
    same('a second one comes from the cache', everybody.answers.length, 1);
  }
  const reader = client(auditor);
  const positions = [];
  let after = null;
  for (let page = 0; page < 3; page += 1) {
    const { data, error } = await reader.query(TRAIL, { first: 4, after }).toPromise();
    check(`page ${page + 1} of a list`, !error && data.auditTrail.nodes.length === 4, error, data);
    positions.push(...data.auditTrail.nodes.map((node) => Number(node.position)));
    after = data.auditTrail.pageInfo.endCursor;
  }
  check('each later than the one before', positions.every((position, at) => at === 0 || position > positions[at - 1]), positions);
}

async function errors() {
  const coded = async (what, of, asked, variables, code, status) => {
    const { error } = await of.query(asked, variables).toPromise();
    check(`${what}: a CombinedError`, error instanceof CombinedError && error.graphQLErrors.length === 1, error);
    same(`${what}: its code`, error.graphQLErrors[0].extensions.code, code);
    same(`${what}: no fault of the network`, error.networkError, undefined);
    same(`${what}: its status`, [error.response?.status, of.answers.at(-1).status], [status, status]);
  };
  await coded('what is not for the reader', client(receiver), TRAIL, { first: 1 }, 'FORBIDDEN', 200);
  await coded('nobody signed in', client(), TRAIL, { first: 1 }, 'UNAUTHENTICATED', 200);
  await coded('a bad token', client('x.y.z'), OFFICE, { code: office }, 'UNAUTHENTICATED', 401);
  await coded('no such field', client(), gql`{ noSuchField }`, {}, 'GRAPHQL_VALIDATION_FAILED', 400);
}

async function commands() {
  const officer = client(receiver);
  const accept = async (given) => {
    const { data, error } = await officer.mutation(ACCEPT, { input: given }).toPromise();
    same('a mutation is answered', error, undefined);
    return data.acceptDossierAtCounter;
  };
  const bad = await accept(badInput(office, procedure));
  same('a refused one has typed errors', bad.errors.map((error) => [error.code, error.field.at(-1)]), [
    ['TEXT_EMPTY', 'fullName'],
    ['VALUE_MALFORMED', 'citizenNumber'],
  ]);
  const given = input(office, procedure);
  const done = await accept(given);
  same('a good one is done', [done.errors, done.repeated], [[], false]);
  const dossier = await officer.query(DOSSIER, { id: done.dossier.id }).toPromise();
  same('it is there', dossier.data.dossier, done.dossier);
  const again = await accept(given);
  same('sent again, it gives the same', { ...again, repeated: false }, done);
  same('and says so', again.repeated, true);
  const asked = officer.answers.length;
  await officer.query(DOSSIER, { id: done.dossier.id }).toPromise();
  same('the mutation has put the cached query aside', officer.answers.length, asked + 1);
}

await run(queries, errors, commands);
