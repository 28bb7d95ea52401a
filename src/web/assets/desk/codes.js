// A block of paper codes kept for the day, so that a citizen gets a code also while the line is down.
import { ask, day, knows, newId, office, officeNow, who } from './wire.js';

// A block is its receiver's: whoever sits down here next has one of their own.
const KEY = `motcua.desk.codes.${office}.${who}`;
const [RESERVE, RELEASE] = ['reserveCodes', 'releaseCodes'];
export const BLOCK = 20;

function read() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(KEY)); } catch { /* none */ }
  // A code is of its day: what is left of yesterday's is given back.
  return kept?.day === day(officeNow()) ? kept : { day: day(officeNow()), codes: [], asked: null };
}

function write(kept) {
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* without storage there is no block */ }
}

export const available = () => knows(RESERVE);
export const held = () => read().codes.length;

// Gives back what is left of an earlier day, so that every number of it is accounted for. Not while a dossier of that day still
// waits to be sent: its code is on somebody's slip.
export async function release(waiting) {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(KEY)); } catch { /* none */ }
  if (!kept || kept.day === day(officeNow()) || !knows(RELEASE) || navigator.onLine === false) return;
  const stamp = '-' + kept.day.slice(2).replaceAll('-', '') + '-';
  if (waiting.some((item) => item.code?.includes(stamp))) return;
  kept.releasing ??= newId();
  write(kept);
  await ask(RELEASE, { input: { commandId: kept.releasing, on: kept.day, reason: 'OTHER' } });
  if (JSON.parse(localStorage.getItem(KEY))?.day === kept.day) localStorage.removeItem(KEY);
}

let elsewhere = false;
// Today's block is this receiver's, and on another device.
export const isElsewhere = () => elsewhere;

// Gives back today's block, wherever it is. Answers with why not.
export async function giveBack() {
  const payload = await ask(RELEASE, { input: { commandId: newId(), on: day(officeNow()), reason: 'OTHER' } });
  return payload.errors?.length ? payload.errors : null;
}

// Reserves a block when none is left: a desk holds one at a time. The id of a question that was never answered is used again:
// one block, not two.
export async function reserve(always = false) {
  const kept = read();
  if (!available() || navigator.onLine === false || (!always && kept.codes.length > 0)) return null;
  kept.asked ??= newId();
  write(kept);
  const payload = await ask(RESERVE, { input: { commandId: kept.asked, count: BLOCK } });
  elsewhere = payload.errors?.some((error) => error.code === 'BLOCK_STILL_OPEN') ?? false;
  if (payload.errors?.length) { write({ ...read(), asked: null }); return payload.errors; }
  const now = read();
  write({ ...now, asked: null, codes: [...now.codes, ...payload.codes.filter((code) => !now.codes.includes(code))] });
  return null;
}

// The next code of the block, taken from it for good; null when there is none.
export function take() {
  const kept = read();
  const code = kept.codes.shift() ?? null;
  if (code) write(kept);
  return code;
}
