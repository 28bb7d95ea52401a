// The line to the office: trusted documents only, the office's clock, and words in the page's language.
const desk = document.getElementById('desk').dataset;
const documents = JSON.parse(desk.docs);
const ahead = Date.parse(desk.now) - Date.now();
const WAIT_MS_MAX = 20_000;
// A failure that says nothing about the command: it may be sent again as it is.
const PASSING = ['UNAVAILABLE', 'TIMEOUT', 'INTERNAL_SERVER_ERROR', 'NOT_YET'];

export const { lang, who, office } = desk;
export const t = (vi, en) => (lang === 'vi' ? vi : en);
export const knows = (name) => name in documents;
export const here = (place) => (lang === 'vi' ? place : place + (place.includes('?') ? '&' : '?') + 'lang=' + lang);

// The office's hour as far as this device can tell: what the server said when the page was made, and what has passed since.
export const officeNow = () => new Date(Date.now() + ahead);

// Whole seconds: a claim must not lie a blink ahead of the office's own clock.
export const claim = (at) => new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString();

const HANOI = { timeZone: 'Asia/Ho_Chi_Minh' };
export const day = (at) => at.toLocaleDateString('sv-SE', HANOI);
export function hour(text) {
  const at = new Date(text);
  const date = at.toLocaleDateString(t('vi-VN', 'en-GB'), { ...HANOI, day: t('2-digit', 'numeric'), month: t('2-digit', 'short'), year: 'numeric' });
  return date + ' ' + at.toLocaleTimeString('en-GB', { ...HANOI, hour: '2-digit', minute: '2-digit' });
}

// The office's hour, asked anew.
export async function clock() {
  const page = await fetch('/desk', { cache: 'no-store' }).then((answer) => answer.text()).catch(() => '');
  const now = /data-now="([^"]+)"/.exec(page)?.[1];
  if (!now) throw new LineDown();
  return new Date(now);
}

// A UUID of version 7, which begins with the time: the journal files it beside its neighbours. Not from `crypto.randomUUID`, which is
// missing where a page comes without TLS.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  const time = new DataView(bytes.buffer);
  time.setUint16(0, Math.floor(now / 2 ** 32));
  time.setUint32(2, now % 2 ** 32);
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// Nobody answered, or nothing that tells what became of it.
export class LineDown extends Error {}

// The request itself was refused.
export class Failed extends Error {
  constructor(code, message) { super(message); this.code = code; }
}

// Sends one of the desk's documents; answers with what its one field holds.
export async function ask(name, variables) {
  let status, body;
  try {
    const answer = await fetch('/graphql', {
      method: 'POST',
      // Whoever signs in on this device next does not act by this page.
      headers: { 'content-type': 'application/json', accept: 'application/json', 'motcua-actor': `${office}/${who}` },
      body: JSON.stringify({ documentId: documents[name], variables }),
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    });
    status = answer.status;
    body = await answer.json();
  } catch { throw new LineDown(); }
  const error = body.errors?.[0];
  const code = error?.extensions?.code;
  if (status >= 500 || status === 429 || PASSING.includes(code)) throw new LineDown();
  if (error) throw new Failed(code, t(error.extensions?.messageVi, error.message) ?? error.message);
  return Object.values(body.data)[0];
}

// Sends a file for the command of this id; answers with its ticket, or with what is wrong.
export async function send(file, id) {
  // A node that refuses a long file at once may cut the line before its answer is read.
  if (file.size > 20 * 1024 * 1024) {
    return {
      code: 'FILE_TOO_LARGE',
      messageVi: 'Tệp lớn hơn 20 MB. Hãy nén hoặc chia nhỏ.',
      messageEn: 'The file is larger than 20 MB. Compress or divide it.',
    };
  }
  const kind = file.type === 'text/xml' ? 'application/xml' : file.type;
  try {
    const answer = await fetch(`/files?commandId=${id}&name=${encodeURIComponent(file.name)}`, {
      method: 'POST', headers: { 'content-type': kind, 'motcua-actor': `${office}/${who}` }, body: file,
    });
    return await answer.json();
  } catch {
    return {
      messageVi: 'Chưa gửi được tệp: mất kết nối. Thử lại, hoặc bỏ tệp và gửi sau.',
      messageEn: 'The file could not be sent: the line is down. Try again, or leave the file out and send it later.',
    };
  }
}

// An element with attributes and children; text is never markup.
export function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) one.addEventListener(name.slice(2), value);
    else one.setAttribute(name, value === true ? '' : value);
  }
  one.append(...children.filter((child) => child !== null && child !== undefined));
  return one;
}
