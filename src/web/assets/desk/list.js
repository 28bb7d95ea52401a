// The same act on the ticked rows: one command, an outcome per row. Ticks and what was typed outlive a renewed page.
import { here, make, t } from './wire.js';
import { kept } from './errors.js';
import { saidOf, submit } from './queue.js';
import { list, say } from './dock.js';

const PSEUDONYM = /^(?=.*\d)[\w.:-]{1,64}$/;
const picked = new Set();
let typed = {};

function paint() {
  const form = document.getElementById('bulk');
  if (!form) return;
  const boxes = [...document.querySelectorAll('[name=pick]')];
  const present = new Set(boxes.map((box) => box.value));
  for (const code of picked) if (!present.has(code)) picked.delete(code);
  for (const box of boxes) { box.checked = picked.has(box.value); box.closest('tr').classList.toggle('picked', box.checked); }
  const all = document.getElementById('all');
  all.checked = boxes.length > 0 && picked.size === boxes.length;
  all.indeterminate = picked.size > 0 && !all.checked;
  document.getElementById('ticked').textContent = picked.size;
  for (const [name, value] of Object.entries(typed)) if (form.elements[name]) form.elements[name].value = value;
  for (const part of form.querySelectorAll('[data-for]')) part.hidden = !part.dataset.for.split(' ').includes(form.elements.act.value);
}

function act(form) {
  const value = form.elements.act.value;
  if (value.startsWith('plain:')) return { plain: value.slice(6) };
  if (value === 'deliverResult') return { deliverResult: { method: form.elements.method.value } };
  return { [value]: { to: form.elements.to.value.trim() } };
}

async function bulk(form) {
  const dossiers = [...picked];
  if (!dossiers.length) { say(t('Chọn ít nhất một dòng.', 'Tick at least one row.'), 'bad'); return; }
  const { to } = form.elements;
  if (!to.closest('[hidden]') && !PSEUDONYM.test(to.value.trim())) {
    say(t('Ghi mã người thụ lý: chữ, số và . _ - :, có ít nhất một chữ số.', 'Give the handler’s pseudonym: letters, digits and . _ - :, with a digit among them.'), 'bad');
    to.focus();
    return;
  }
  const label = form.elements.act.selectedOptions[0].textContent + ': ' + dossiers.length + t(' hồ sơ', ' dossiers');
  const command = { dossiers, act: act(form) };
  if (form.elements.reason.value) command.reason = form.elements.reason.value;
  const answer = await submit({ document: 'bulk', input: command, label });
  if (answer.waiting) { picked.clear(); paint(); say(kept(), 'warn'); return; }
  if (answer.failed) { say(answer.failed, 'bad'); return; }
  const { done } = answer;
  for (const one of done.outcomes) if (!one.errors.length) picked.delete(one.dossier);
  list(done.outcomes.map((one) => make('li', { 'data-code': one.dossier, 'data-outcome': one.errors.length ? 'refused' : 'done' },
    make('span', { class: 'tag ' + (one.errors.length ? 'bad' : 'good') }, make('span', { 'aria-hidden': 'true' }, one.errors.length ? '✕' : '✓'), one.errors.length ? t('Không làm được', 'Refused') : t('Đã ghi nhận', 'Recorded')),
    ' ', make('a', { class: 'code', href: here('/desk/d/' + one.dossier) }, one.dossier),
    ...one.errors.map((error) => make('p', { class: 'err' }, saidOf(error))))));
  paint();
  say(t(`Đã ghi nhận ${done.done}, từ chối ${done.refused}.`, `${done.done} recorded, ${done.refused} refused.`), done.refused ? 'bad' : 'good');
}

document.addEventListener('change', (event) => {
  const { target } = event;
  if (target.name === 'pick') { if (target.checked) picked.add(target.value); else picked.delete(target.value); }
  if (target.id === 'all') for (const box of document.querySelectorAll('[name=pick]')) { if (target.checked) picked.add(box.value); else picked.delete(box.value); }
  if (target.form?.id === 'bulk') typed = Object.fromEntries(new FormData(target.form));
  paint();
});
document.addEventListener('submit', (event) => {
  if (event.target.id !== 'bulk') return;
  event.preventDefault();
  typed = Object.fromEntries(new FormData(event.target));
  bulk(event.target);
});
document.addEventListener('renewed', paint);
paint();
