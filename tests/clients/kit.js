// What the clients' scripts have in common: arguments, checks that are said aloud, and an exit code.
//
//   node SCRIPT.js URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE
//
// The receiver is one of OFFICE, which takes in PROCEDURE; the auditor one of all offices.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';

const began = performance.now();
let checked = 0;

/** The arguments of a script that asks a server. */
export function arguments_(options = {}) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [url, receiver, auditor, office, procedure] = positionals;
  if (!procedure) {
    console.error('wanted: URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE');
    process.exit(2);
  }
  return { url, receiver, auditor, office, procedure, values };
}

/** What must hold. */
export function check(what, holds, ...seen) {
  if (!holds) {
    throw new Error([`not so: ${what}`, ...seen.map((one) => JSON.stringify(one, null, 1))].join('\n'));
  }
  checked += 1;
  console.log(`ok ${what}`);
}

/** What must be so, compared as JSON. */
export function same(what, is, expected) {
  const [left, right] = [is, expected].map((value) => JSON.stringify(value));
  check(what, left === right, { is, expected });
}

/** What a promise fails with; it must fail. */
export async function failure(what, promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`not so: ${what} fails; it gives ${JSON.stringify(value)}`);
}

/** A promise that must be kept in time. */
export async function within(what, milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not so: ${what} within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs parts one after another; what one throws does not keep the next ones from running, and fails all. */
export async function all(...parts) {
  const failed = [];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      if (!(error instanceof AggregateError)) console.log(`FAILED ${part.name}: ${error?.stack ?? error}`);
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed);
}

/** Runs a script's parts, and ends with what they came to. */
export async function run(...parts) {
  const failed = await all(...parts).then(() => false, () => true);
  const ok = !failed && checked > 0;
  console.log(JSON.stringify({ checked, ok, milliseconds: Math.round(performance.now() - began) }));
  process.exit(ok ? 0 : 1);
}

/** Input of `acceptDossierAtCounter` that is taken, for a new act. */
export function input(office, procedure) {
  const applicant = { fullName: 'Nguyễn Văn Ánh', citizenNumber: '001099000123' };
  return { commandId: randomUUID(), office, procedure, applicant };
}

/** The same, and refused: no name, and an identity number that is none. */
export function badInput(office, procedure) {
  return { ...input(office, procedure), applicant: { fullName: '', citizenNumber: '42' } };
}
