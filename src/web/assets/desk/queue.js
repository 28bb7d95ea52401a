// What was typed and is not recorded yet. Kept on the device until the office has answered, sent under one `commandId` however
// often it takes: the office records it once.
import { ask, claim, clock, Failed, LineDown, newId, office, officeNow, t, who } from './wire.js';

const KEY = `motcua.desk.queue.${office}.${who}`;
const RETRY_MS = 4_000;
// The office is there and asks to be asked again.
const AGAIN = ['OVERLOADED', 'STOPPING', 'UNAVAILABLE', 'CLOCKS_APART', 'NODE_HALTED'];
// Nobody or somebody else is signed in: it waits for whom it belongs to.
const SIGNED_OUT = ['UNAUTHENTICATED', 'ANOTHER_ACTOR'];
// So long a try of another tab is left alone: its answer may be on its way.
const HELD_MS = 25_000;
const busy = new Set();
const watchers = new Set();
let memory = [];

// This tab, also after a reload.
const TAB = (() => {
  try { return (sessionStorage.motcuaTab ??= newId()); } catch { return newId(); }
})();
const isElsewhere = (item) => Boolean(item.by) && item.by !== TAB && Date.now() - item.tried < HELD_MS;

// What was recorded since the page was opened.
export const recorded = [];

function read() {
  try { memory = JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { /* no storage: the page itself holds it */ }
  return memory;
}

function write(items) {
  memory = items;
  try {
    if (items.length) localStorage.setItem(KEY, JSON.stringify(items));
    else localStorage.removeItem(KEY);
  } catch { /* as above */ }
  for (const told of watchers) told();
}

const find = (id) => read().find((item) => item.id === id);
const update = (id, change) => write(read().map((item) => (item.id === id ? { ...item, ...change } : item)));
const drop = (id) => write(read().filter((item) => item.id !== id));

export const items = () => read();
export const isBusy = (id) => busy.has(id);
export const watch = (told) => watchers.add(told);
export const forget = drop;

// Takes a command: {document, input without commandId, label, then?}. Answers {done}, {refused, payload}, {failed} or {waiting}.
export function submit({ id = newId(), document, input, label, code = null, then = [] }) {
  const item = {
    id, document, label, code, then,
    input: { commandId: id, ...input },
    typedAt: claim(officeNow()),
    state: 'sending',
    // Which tab is sending it, and since when.
    by: TAB,
    tried: Date.now(),
    // Typed or tried while nobody answered: it is sent with the hour it was typed at.
    late: navigator.onLine === false,
    // Sent without that hour, and it may have arrived.
    bare: false,
  };
  write([...read(), item]);
  return attempt(id);
}

// The hour that is claimed, where each command takes it. A slip that was given out has its own, and says why it comes late;
// the code on it goes with that hour, never with a first try that may have arrived.
function claimed(item) {
  if (item.document === 'acceptDossierAtCounter') return { receivedAt: item.typedAt, reason: item.input.reason ?? 'ENTERED_LATE', ...(item.code ? { code: item.code } : {}) };
  if (item.document === 'acceptDossier') return { receivedAt: item.typedAt, reason: item.input.reason ?? 'ENTERED_LATE' };
  return { occurredAt: item.typedAt };
}

const codes = (payload) => [...(payload.errors ?? []), ...(payload.outcomes ?? []).flatMap((one) => one.errors)].map((error) => error.code);

// An earlier try may have arrived after all, without the code or without the hour: the same words again are answered with the
// same record, and other words under its id with a conflict.
async function send(item) {
  if (!item.late) return ask(item.document, { input: item.input });
  const ways = [claimed(item)];
  if (item.code) ways.push(claimed({ ...item, code: null }));
  if (item.bare) ways.push({});
  let payload;
  for (const way of ways) {
    payload = await ask(item.document, { input: { ...item.input, ...way } });
    if (!codes(payload).includes('IDEMPOTENCY_CONFLICT')) break;
  }
  return payload;
}

export async function attempt(id) {
  let item = find(id);
  if (!item || busy.has(id) || isElsewhere(item)) return { waiting: true };
  busy.add(id);
  update(id, { by: TAB, tried: Date.now(), bare: item.bare || !item.late });
  item = find(id);
  try {
    let payload = await send(item);
    // The device's clock runs ahead: the office's own hour is claimed.
    if (item.late && codes(payload).includes('FUTURE_CLAIM')) {
      update(id, { typedAt: claim(await clock()) });
      item = find(id);
      payload = await send(item);
    }
    if (codes(payload).some((code) => AGAIN.includes(code))) throw new LineDown();
    if (payload.errors?.length) {
      if (item.late) update(id, { state: 'refused', errors: payload.errors });
      else drop(id);
      return { refused: payload.errors, payload };
    }
    settle(item, payload);
    return { done: payload };
  } catch (error) {
    if (error instanceof LineDown) {
      update(id, { late: true, state: 'waiting', errors: undefined });
      return { waiting: true, item };
    }
    const message = error instanceof Failed ? error.message : String(error);
    if (!item.late) { drop(id); return { failed: message }; }
    // Signed out, or another version of the program: nothing was recorded, and nothing is lost.
    const errors = [{ code: error.code, field: [], messageVi: message, messageEn: message }];
    update(id, { state: SIGNED_OUT.includes(error.code) ? 'waiting' : 'refused', errors });
    return { waiting: true, item };
  } finally {
    busy.delete(id);
    if (find(id)) update(id, { by: null });
    for (const told of watchers) told();
  }
}

// The rows of a late bulk act that were refused: recorded nowhere, so they wait for a decision as a command of their own.
function refusedOf(item, payload) {
  const refused = item.late ? (payload.outcomes ?? []).filter((one) => one.errors.length) : [];
  if (!refused.length) return [];
  const id = newId();
  const about = (one) => one.errors.map((error) => ({ ...error, messageVi: `${one.dossier}: ${error.messageVi}`, messageEn: `${one.dossier}: ${error.messageEn}` }));
  return [{
    ...item, id, state: 'refused', by: null, then: [], bare: false, errors: refused.flatMap(about),
    label: `${item.label} – ${t('bị từ chối', 'refused')}: ${refused.length}`,
    input: { ...item.input, commandId: id, dossiers: refused.map((one) => one.dossier) },
  }];
}

// Recorded: what was to follow is a command of its own, under the id it was given when it was typed.
function settle(item, payload) {
  const next = item.then.map((one) => ({
    ...one, state: 'waiting', then: [], typedAt: item.typedAt, late: item.late, bare: false, quiet: true,
    input: { commandId: one.id, dossier: payload.code, ...one.input },
  }));
  const code = find(item.id)?.code ?? null;
  write([...read().filter((other) => other.id !== item.id), ...next, ...refusedOf(item, payload)]);
  const isNothing = payload.outcomes && payload.outcomes.every((one) => one.errors.length);
  if (!item.quiet && !(item.late && isNothing)) recorded.push({ id: item.id, label: item.label, late: item.late, code, typedAt: item.typedAt, payload });
  for (const one of next) attempt(one.id);
}

// The office was asked to decide on an older state: the same command on the one it has now.
export function decideAgain(id) {
  const item = find(id);
  const now = item?.errors?.find((error) => error.currentVersion)?.currentVersion;
  if (!item) return;
  if (now) item.input.expectedVersion = now;
  update(id, { input: item.input, state: 'waiting', errors: undefined });
  attempt(id);
}

// Gives a waiting acceptance the code that goes onto the slip; none when it has been answered in the meantime.
export function writeOnSlip(id, take) {
  const item = find(id);
  if (!item || item.code) return item?.code ?? null;
  const code = take();
  if (code) update(id, { code });
  return code;
}

// One after the other: the office's numbers follow the order of typing. What a closed page was sending may have arrived.
let draining = false;
export async function drain() {
  if (navigator.onLine === false || draining) return;
  draining = true;
  try {
    for (const item of read()) {
      if (item.state === 'refused') continue;
      const answer = await attempt(item.id);
      if (answer.waiting) break;
    }
  } finally { draining = false; }
}

// What a closed page was sending may have arrived; what another tab is sending is that tab's.
function takeOver() {
  for (const item of read()) if (item.state === 'sending' && !busy.has(item.id) && !isElsewhere(item)) update(item.id, { state: 'waiting', late: true });
}
takeOver();
addEventListener('online', drain);
addEventListener('storage', (event) => { if (event.key === KEY) for (const told of watchers) told(); });
setInterval(() => { takeOver(); if (read().some((item) => item.state === 'waiting')) drain(); }, RETRY_MS);
setTimeout(drain, 0);

export const saidOf = (error) => t(error.messageVi, error.messageEn);
