// The worklist of one's office, kept true: read page by page, then told of every change, also of those that happened while the line
// was cut. Prints one line per row and per change, and ends when it is stopped.
//
//   MOTCUA_URL=http://127.0.0.1:8080 MOTCUA_TOKEN=… npm start [-- ROWS-A-PAGE]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Refused, address, ask, authorization } from './ask.js';
import { graphql } from './gql/gql.js';
import type { RowFragment, WorklistChangesSubscription } from './gql/graphql.js';

graphql(`
  fragment Row on Dossier { id code status timeliness dueAt }
`);
const LIST = graphql(`
  query WorklistPage($first: Int!, $after: String) {
    journal { resume }
    worklist(first: $first, after: $after) { nodes { ...Row } pageInfo { hasNextPage endCursor } }
  }
`);
const CHANGES = graphql(`
  subscription WorklistChanges($after: String!) {
    worklistChanged(after: $after) { kind listed resume dossier { ...Row } }
  }
`);

const first = Number(process.argv[2] ?? 50);
const rows = new Map<string, RowFragment>();
const say = (what: string, row: RowFragment) => console.log(what, row.code, row.status, row.timeliness, row.dueAt ?? '-');

/** Reads the whole list; gives the place from which to follow it. */
async function read(): Promise<string> {
  rows.clear();
  let place: string | undefined;
  let after: string | null | undefined;
  do {
    const { journal, worklist } = await ask(LIST, { first, after });
    // The first page's place: whatever changed while the others were read is then told once more, and nothing is left out.
    place ??= journal.resume;
    for (const row of worklist?.nodes ?? []) rows.set(row.id, row);
    after = worklist?.pageInfo.hasNextPage ? worklist.pageInfo.endCursor : null;
  } while (after);
  for (const row of rows.values()) say('listed', row);
  console.log(`${rows.size} dossiers`);
  return place;
}

function apply({ dossier, kind, listed }: WorklistChangesSubscription['worklistChanged']): void {
  if (!dossier) return;
  // A row is what it is now, so a change that is told twice does no harm.
  if (listed) rows.set(dossier.id, dossier);
  else rows.delete(dossier.id);
  say(listed ? kind : `${kind} (leaves the list)`, dossier);
}

/** Where to go on after a cut: the newest token told. */
let place = await read();

const client = createClient({
  url: `${address.replace(/^http/, 'ws')}/ws`,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: authorization },
  // Left to itself the client would come back with the old variables: coming back is done below.
  retryAttempts: 0,
  // Finds out within seconds that a line is dead on which nobody says goodbye.
  keepAlive: 10_000,
  on: {
    // While nothing happens the server tells by a ping how far it is, so that a long silence costs nothing afterwards.
    ping: (received, payload) => {
      const resume = received && (payload?.resume as Record<string, string> | undefined);
      if (resume) place = Object.values(resume)[0] ?? place;
    },
  },
});

for (let pause = 250; ; pause = Math.min(2 * pause, 30_000)) {
  try {
    for await (const { data, errors } of client.iterate<WorklistChangesSubscription>({ query: CHANGES.toString(), variables: { after: place } })) {
      if (errors) throw new Refused(errors[0]);
      if (!data) continue;
      const change = data.worklistChanged;
      // Another journal, or too far back to be told one by one: what is known counts for nothing.
      if (change.kind === 'RESYNC') place = await read();
      else {
        apply(change);
        place = change.resume;
      }
      pause = 250;
    }
  } catch (error) {
    if (error instanceof Refused && !error.passes) throw error;
    // What is left are the line's own events. 4403: the token is not valid, or not any more; coming back with it helps nobody.
    const { code, reason, message } = error as { code?: number; reason?: string; message?: string };
    if (code === 4403) throw new Error('the token is not valid: get another one');
    console.error(`cut: ${code ?? ''} ${reason || message}; back in ${pause} ms`);
  }
  await new Promise((resolve) => setTimeout(resolve, pause));
}
