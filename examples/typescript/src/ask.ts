// One question by `fetch`. The types of its variables and of its answer are the document's own, made from the schema.
import type { TypedDocumentString } from './gql/graphql.js';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const address = `${setting('MOTCUA_URL')}/graphql`;
export const authorization = `Bearer ${setting('MOTCUA_TOKEN')}`;

/** An error that the server told, by its code: codes never change their meaning, messages may. */
export class Refused extends Error {
  readonly code: string;
  readonly retryAfter: number;
  constructor(told?: { message: string; extensions?: Record<string, unknown> }) {
    const code = String(told?.extensions?.code);
    super(`${code}: ${told?.message}`);
    this.code = code;
    this.retryAfter = Number(told?.extensions?.retryAfter ?? 1);
  }
  /** The same may be asked again later. */
  get passes(): boolean {
    return ['NOT_YET', 'RATE_LIMITED', 'TIMEOUT', 'UNAVAILABLE'].includes(this.code);
  }
}

interface Answer<Data> {
  data?: Data | null;
  errors?: ConstructorParameters<typeof Refused>[0][];
}

export async function ask<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: NoInfer<Variables>): Promise<Data> {
  for (;;) {
    const response = await fetch(address, {
      method: 'POST',
      // With this media type a document that is refused is 400, and not 200 as for older clients.
      headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const { data, errors } = (await response.json()) as Answer<Data>;
    if (data && !errors) return data;
    const refused = new Refused(errors?.[0]);
    if (refused.code !== 'RATE_LIMITED') throw refused;
    await new Promise((resolve) => setTimeout(resolve, refused.retryAfter * 1000));
  }
}
