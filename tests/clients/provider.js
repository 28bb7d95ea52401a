// An OpenID provider of somebody else's making, for the sign-in tests: panva's oidc-provider on a free loopback port.
//
//   node provider.js REDIRECT_URI [SECONDS]      its clock is so many seconds slow
//
// Prints `{"issuer": …}` when it serves, and ends when its standard input does. Whoever signs in types one of the names below and
// any password. Clients: `office` (with the secret `office-secret`), and without a secret `public`, `es256` and `eddsa`, whose id
// tokens are signed with RS256, ES256 and EdDSA. The machine `roll-up-07` (with the secret `roll-up-secret`) is given access tokens
// that are JWTs, for whatever API it names.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const [redirect, slow] = process.argv.slice(2);
const now = Date.now;
Date.now = () => now() - Number(slow ?? 0) * 1000;

/** What is known of the people: claims by login. */
const PEOPLE = {
  'receiver-07': { duty: 'tiep-nhan', unit: 'H38.40.01' },
  'two-duties-1': { duty: ['tiep-nhan', 'van-thu', 'fishing'], unit: 'H38.40.01' },
  'nobody-1': { duty: 'fishing', unit: 'H38.40.01' },
  'system-1': { duty: 'system', unit: '*' },
  'elsewhere-1': { duty: 'tiep-nhan', unit: 'H99.99' },
  'officeless-1': { duty: 'thanh-tra' },
  'auditor-3': { duty: 'thanh-tra', unit: '*' },
  'nguyenvana': { duty: 'tiep-nhan', unit: 'H38.40.01' },
};

const KINDS = { RS256: { modulusLength: 2048 }, ES256: {}, EdDSA: { crv: 'Ed25519' } };
const keys = await Promise.all(Object.entries(KINDS).map(async ([alg, options]) => {
  const { privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  return { ...await exportJWK(privateKey), use: 'sig', alg, kid: alg.toLowerCase() };
}));

const client = (client_id, more = {}) => ({
  client_id, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'none', ...more,
});

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      client('office', { client_secret: 'office-secret', token_endpoint_auth_method: 'client_secret_basic' }),
      client('public'),
      client('es256', { id_token_signed_response_alg: 'ES256' }),
      client('eddsa', { id_token_signed_response_alg: 'EdDSA' }),
      client('roll-up-07', {
        client_secret: 'roll-up-secret', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [], response_types: [],
        grant_types: ['client_credentials'],
      }),
    ],
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'duty', 'unit'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['for tests only'] },
    // Its own cookies must outlive a slow clock, its id tokens must not.
    ttl: { IdToken: 300, AccessToken: 60, ClientCredentials: 60, AuthorizationCode: 60, Grant: 86_400, Interaction: 86_400, Session: 86_400 },
    findAccount: (_, sub) => PEOPLE[sub] && { accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, audience) => ({ scope: 'api', audience, accessTokenFormat: 'jwt', accessTokenTTL: 60 }),
      },
    },
    extraTokenClaims: (_, token) => token.clientId === 'roll-up-07' ? { duty: 'tiep-nhan', unit: 'H38.40.01' } : undefined,
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer }));
});

process.stdin.resume().on('end', () => process.exit());
