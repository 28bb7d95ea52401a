// The commands on one dossier. Each is given on the version that is on the screen; when the dossier has moved, the page shows
// what is different and lets one decide again.
import { ask, hour, make, newId, send, t } from './wire.js';
import { clear, input, kept, missing, show, wrong } from './errors.js';
import { submit } from './queue.js';
import { say } from './dock.js';

async function renew() {
  const answer = await fetch(location.href, { cache: 'no-store' });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of ['main', 'footer']) document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
  document.title = page.title;
  document.getElementById('main').focus();
}

async function act(form, expectedVersion) {
  const acts = document.getElementById('acts').dataset;
  const errors = missing(form);
  if (errors.length) { show(form, errors); return; }
  clear(form);
  const label = form.closest('details').querySelector('summary').firstChild.textContent.trim();
  const button = form.querySelector('button');
  button.disabled = true;
  const id = newId();
  const file = form.querySelector('input[type=file]')?.files[0];
  let brought = {};
  if (file) {
    // A file is not kept on the device: without the line the form stays as it is.
    const sent = await send(file, id);
    if (sent.ticket) brought = { file: sent.ticket };
    else { button.disabled = false; show(form, [wrong('file', sent.messageVi, sent.messageEn)]); return; }
  }
  const answer = await submit({
    id,
    document: form.dataset.command,
    input: { dossier: acts.code, expectedVersion, ...input(form), ...brought },
    label: `${label} · ${acts.code}`,
  });
  button.disabled = false;
  if (answer.waiting) { form.closest('details').open = false; say(kept(), 'warn'); return; }
  if (answer.failed) { say(answer.failed, 'bad'); return; }
  if (answer.refused) {
    const conflict = answer.refused.find((error) => error.code === 'CONFLICT');
    if (conflict) await compare(form, expectedVersion);
    else { show(form, answer.refused); say(t('Chưa ghi nhận: xem lỗi trong biểu mẫu.', 'Not recorded: see what is wrong in the form.'), 'bad'); }
    return;
  }
  const key = answer.done.capability;
  await renew();
  say(t('Đã ghi nhận: ', 'Recorded: ') + label + (key ? t('. Mã mới trên giấy: ', '. New code for the receipt: ') + key : '') + '.');
}

// On your screen / recorded now, the facts in between, and two ways on.
async function compare(form, seen) {
  const acts = document.getElementById('acts').dataset;
  const now = await ask('moved', { code: acts.code }).catch(() => null);
  if (!now) { say(t('Hồ sơ đã thay đổi. Tải lại trang.', 'The dossier has changed. Reload the page.'), 'bad'); return; }
  const text = (id) => document.getElementById(id).textContent.trim();
  const promised = document.querySelector('#due time')?.dateTime;
  const rows = [
    [t('Phiên bản', 'Version'), seen, now.version],
    [t('Trạng thái', 'State'), text('status'), t(now.statusLabel.vi, now.statusLabel.en)],
    [t('Hẹn trả', 'Promised'), promised ? hour(promised) : '–', now.dueAt ? hour(now.dueAt) : '–'],
    [t('Thụ lý', 'Handler'), text('handler'), now.handler ?? '–'],
  ];
  const facts = now.history.nodes.filter((fact) => fact.version > seen);
  const still = now.actions.some((one) => one.command === form.dataset.command);
  const panel = make('div', { class: 'conflict note warn', 'data-version': now.version, role: 'group', 'aria-label': t('Khác biệt', 'The difference') },
    make('p', {}, make('strong', {}, t('Hồ sơ đã thay đổi trong lúc ông/bà xem. Chưa ghi nhận gì.', 'The dossier changed while you looked at it. Nothing was recorded.'))),
    make('table', {}, make('thead', {}, make('tr', {}, make('td'), make('th', { scope: 'col' }, t('Trên màn hình', 'On your screen')), make('th', { scope: 'col' }, t('Đã ghi', 'Recorded now')))),
      make('tbody', {}, ...rows.map(([what, mine, theirs]) => make('tr', {}, make('th', { scope: 'row' }, what), make('td', {}, String(mine)), make('td', {}, String(theirs)))))),
    make('p', {}, t('Ở giữa đã có:', 'In between:')),
    make('ol', { class: 'facts' }, ...facts.map((fact) => make('li', {}, make('strong', {}, t(fact.label.vi, fact.label.en)), ` · ${hour(fact.recordedAt)}`, fact.actor ? ` · ${fact.actor}` : ''))),
    still ? null : make('p', {}, t('Việc này không còn làm được ở trạng thái mới.', 'This can no longer be done in the new state.')),
    make('p', { class: 'tools' },
      still ? make('button', { type: 'button', class: 'btn', 'data-again': true, onclick: () => act(form, now.version) }, t('Vẫn làm', 'Do it all the same')) : null,
      make('button', { type: 'button', class: 'flat', 'data-reload': true, onclick: renew }, t('Bỏ, xem bản mới', 'Leave it, show the new state'))));
  clear(form);
  form.querySelector('.oops').replaceChildren(panel);
  panel.querySelector('button').focus();
  say(t('Hồ sơ đã thay đổi: xem khác biệt rồi quyết định lại.', 'The dossier has changed: look at the difference and decide again.'), 'bad');
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.dataset.command) return;
  event.preventDefault();
  act(form, Number(document.getElementById('acts').dataset.version));
});
document.addEventListener('printed', renew);
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('details.act[open]')) event.target.querySelector('form :is(input:not([type=hidden]), select, textarea)')?.focus();
}, true);
