// How a program uses what is generated: each line with `@ts-expect-error` must be an error, everything else none.
import type { DocumentNode } from 'graphql';
import { useFragment } from './gql/fragment-masking';
import {
  AcceptDocument,
  AnythingDocument,
  DossierByDocument,
  RecordedDocument,
  RowFragmentDoc,
  TrackingDocument,
  WorklistDocument,
} from './gql/graphql';
import type { AcceptMutation, AcceptMutationVariables, ErrorCode, TrackingQuery } from './gql/graphql';

interface Typed<Data, Variables> extends DocumentNode {
  __apiType?: (variables: Variables) => Data;
}

/** What every client has: variables of the document's type in, data of its type out. */
declare function execute<Data, Variables>(document: Typed<Data, Variables>, variables: NoInfer<Variables>): Promise<Data>;

export async function lists(): Promise<string[]> {
  const { worklist } = await execute(WorklistDocument, { first: 20 });
  // @ts-expect-error: the list is null where it is not for the reader
  worklist.edges;
  const rows = (worklist?.edges ?? []).map((edge) => useFragment(RowFragmentDoc, edge.node));
  // @ts-expect-error: a fragment's fields are read through it
  worklist?.edges[0]?.node.code;
  // @ts-expect-error: no such variable
  await execute(WorklistDocument, { first: 20, last: 20 });
  return rows.map((row) => `${row.code} ${row.status} ${row.dueAt?.slice(0, 10)} ${row.procedure?.name.vi}`);
}

export async function tracking(code: string): Promise<string> {
  const data: TrackingQuery = await execute(TrackingDocument, { code });
  // @ts-expect-error: the code is wanted
  await execute(TrackingDocument, {});
  // @ts-expect-error: the field was not asked for
  data.tracking?.progressPercent;
  const due: string | null | undefined = data.tracking?.dueAt;
  return `${data.tracking?.statusLabel.vi} ${due}`;
}

export async function accept(variables: AcceptMutationVariables): Promise<ErrorCode | undefined> {
  const data: AcceptMutation = await execute(AcceptDocument, variables);
  const payload = data.acceptDossierAtCounter;
  // A `Long` is text: beyond 2^53 a number would lose digits.
  const position: string | null | undefined = payload?.position;
  // @ts-expect-error: it is not a number
  const number: number | null | undefined = payload?.position;
  // @ts-expect-error: not every part of the input
  await execute(AcceptDocument, { input: { office: 'H38.40.01', procedure: '1.000656' } });
  const field: string[] = payload?.errors[0]?.field ?? [];
  return field.length > 0 && position === undefined && number === undefined ? undefined : payload?.errors[0]?.code;
}

export async function others(): Promise<string> {
  const one = await execute(DossierByDocument, { by: { code: 'H38.40.01-231130-0001' } });
  // @ts-expect-error: exactly one of the two
  await execute(DossierByDocument, { by: { code: 'H38.40.01-231130-0001', id: 'x' } });
  const { node } = await execute(AnythingDocument, { id: 'x' });
  switch (node?.__typename) {
    case 'Office':
      return node.code;
    case 'Procedure':
      return node.name.vi;
    case 'Dossier':
      // @ts-expect-error: not asked for of a dossier
      return node.code;
    default:
      break;
  }
  const { factRecorded } = await execute(RecordedDocument, { after: null });
  const kind: string = factRecorded.entry?.kind ?? factRecorded.kind;
  return `${kind} ${factRecorded.resume} ${one.dossier?.history?.nodes[0]?.recordedAt}`;
}
