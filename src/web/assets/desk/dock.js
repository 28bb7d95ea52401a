// Below every page of the desk: what is said, what is not recorded yet, and what was recorded late.
import { ask, here, hour, lang, make, t } from './wire.js';
import { attempt, decideAgain, forget, isBusy, items, recorded, saidOf, watch } from './queue.js';

const said = make('p', { id: 'said', role: 'status', 'aria-live': 'polite' });
const offline = make('p', { id: 'offline', class: 'note warn', hidden: true });
const outcomes = make('div', { id: 'outcomes' });
const waiting = make('div', { id: 'waiting' });
const late = make('div', { id: 'late' });
const dock = make('section', { id: 'dock', 'aria-label': t('Tình trạng ghi nhận', 'What is recorded and what is not') }, 
  make('div', { class: 'in' }, said, offline, outcomes, waiting, late));
document.querySelector('main').after(dock);

// `tone`: good, warn or bad.
export function say(text, tone = 'good') {
  said.className = tone;
  said.textContent = text;
  show();
}

// What came of each row of a bulk act.
export function list(rows) {
  outcomes.replaceChildren(make('ol', { class: 'plain log' }, ...rows));
  show();
}

const show = () => dock.classList.toggle('shown', Boolean(said.textContent || outcomes.firstChild || waiting.firstChild || late.firstChild || !offline.hidden));

function line(item) {
  const refused = item.state === 'refused';
  const conflict = refused && item.errors?.some((error) => error.code === 'CONFLICT');
  const dossier = item.input.dossier;
  const buttons = make('p', { class: 'tools' });
  if (dossier) buttons.append(make('a', { href: here('/desk/d/' + dossier) }, t('Mở hồ sơ', 'Open the dossier')));
  if (refused) {
    const again = conflict ? t('Vẫn làm trên bản mới', 'Do it on the newest state') : t('Gửi lại', 'Send again');
    buttons.append(make('button', { type: 'button', class: 'flat', onclick: () => (conflict ? decide(item) : decideAgain(item.id)) }, again));
    buttons.append(make('button', { type: 'button', class: 'flat', onclick: () => discard(item) }, t('Bỏ', 'Discard')));
  } else if (!isBusy(item.id)) {
    buttons.append(make('button', { type: 'button', class: 'flat', onclick: () => attempt(item.id) }, t('Thử gửi ngay', 'Try now')));
  }
  const state = refused ? t('BỊ TỪ CHỐI, CHƯA ĐƯỢC GHI NHẬN', 'REFUSED, NOT RECORDED') : t('CHƯA ĐƯỢC GHI NHẬN', 'NOT YET RECORDED');
  return make('li', { 'data-command-id': item.id, 'data-state': item.state, 'data-document': item.document },
    make('span', { class: 'tag ' + (refused ? 'bad' : 'warn') }, make('span', { 'aria-hidden': 'true' }, refused ? '✕' : '!'), state),
    ' ', make('strong', {}, item.label), item.code ? make('strong', { class: 'code' }, ' ' + item.code) : null,
    make('small', {}, ' · ', t('nhập lúc ', 'typed at ') + hour(item.typedAt)),
    ...(item.errors ?? []).map((error) => make('p', { class: 'err' }, saidOf(error))), buttons);
}

// What happened in between is read before it is decided again.
async function decide(item) {
  const now = await ask('moved', { code: item.input.dossier }).catch(() => null);
  if (!now) { say(t('Không đọc được hồ sơ lúc này. Mở hồ sơ để xem.', 'The dossier cannot be read now. Open it to see.'), 'bad'); return; }
  const facts = now.history.nodes.filter((fact) => fact.version > item.input.expectedVersion);
  const between = facts.map((fact) => `– ${t(fact.label.vi, fact.label.en)} (${hour(fact.recordedAt)})`).join('\n');
  if (confirm(t(`Từ khi ông/bà xem (phiên bản ${item.input.expectedVersion}) đã có:\n${between}\nNay: ${now.statusLabel.vi}. Vẫn làm?`,
    `Since you looked at it (version ${item.input.expectedVersion}):\n${between}\nNow: ${now.statusLabel.en}. Do it all the same?`))) decideAgain(item.id);
}

function discard(item) {
  if (confirm(t('Bỏ hẳn thao tác này? Nó chưa được ghi nhận ở đâu cả.', 'Discard it? It is recorded nowhere.'))) forget(item.id);
}

// How many rows of a bulk act were taken.
function outcome(rows) {
  if (!rows) return null;
  const done = rows.filter((one) => !one.errors.length).length;
  return make('span', {}, t(` · đã ghi nhận ${done}, từ chối ${rows.length - done}`, ` · ${done} recorded, ${rows.length - done} refused`));
}

function render() {
  const left = items().filter((item) => item.state !== 'sending');
  offline.hidden = navigator.onLine !== false;
  offline.textContent = t('Mất kết nối. Cứ tiếp tục: thao tác được giữ trên máy này và gửi khi có mạng.', 'The line is down. Go on: what you do is kept on this device and sent when it is back.');
  waiting.replaceChildren();
  if (left.length) {
    waiting.append(make('h2', {}, t('Chưa được ghi nhận', 'Not yet recorded') + ' (' + left.length.toLocaleString(lang) + ')'),
      make('ol', { id: 'queue', class: 'plain log' }, ...left.map(line)));
  }
  const after = recorded.filter((one) => one.late);
  late.replaceChildren();
  if (after.length) {
    late.append(make('h2', {}, t('Đã ghi nhận sau khi có mạng', 'Recorded when the line was back')),
      make('ol', { id: 'recorded', class: 'plain log' }, ...after.map((one) => make('li', { 'data-command-id': one.id, 'data-code': one.payload.code },
        make('span', { class: 'tag good' }, make('span', { 'aria-hidden': 'true' }, '✓'), t('Đã ghi nhận', 'Recorded')), ' ', one.label, ' ',
        one.payload.code ? make('a', { class: 'code', href: here('/desk/d/' + one.payload.code) }, one.payload.code) : null,
        make('br'), make('small', {}, t('nhập lúc ', 'typed at ') + hour(one.typedAt)), outcome(one.payload.outcomes),
        one.payload.capability && one.payload.code ? make('p', {}, make('a', { href: `/papers/${one.payload.code}/receipt.pdf`, 'data-code': one.payload.code, 'data-paper': 'RECEIPT_SLIP' }, t('In giấy tiếp nhận', 'Print the receipt'))) : null,
        one.code && one.payload.code && one.code !== one.payload.code ? make('p', { class: 'note warn', 'data-slip': one.code }, t(
          `Giấy đưa cho người nộp ghi ${one.code}, nhưng lần gửi đầu đã đến nơi và hồ sơ mang mã ${one.payload.code}. Báo người nộp và đổi giấy.`,
          `The slip says ${one.code}, but the first try had arrived and the dossier bears ${one.payload.code}. Tell the applicant and replace the slip.`)) : null))));
  }
  // What was said of the line is over when nothing waits.
  if (!left.length && said.className === 'warn') said.textContent = '';
  document.body.classList.toggle('unrecorded', left.length > 0);
  show();
}

watch(render);
addEventListener('online', render);
addEventListener('offline', render);
render();
