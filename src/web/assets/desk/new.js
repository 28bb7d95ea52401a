// Taking in a dossier. All it needs is in the page, so that it goes on while the line is down.
import { here, hour, make, newId, office, t } from './wire.js';
import { clear, kept, missing, show, wrong } from './errors.js';
import { submit, writeOnSlip } from './queue.js';
import { say } from './dock.js';
import { available, giveBack, held, isElsewhere, reserve, take } from './codes.js';

const form = document.getElementById('new');
const { procedure } = form.elements;
const all = [...procedure.options];
const seek = document.getElementById('seek');
const parts = document.getElementById('parts');
const receipt = document.getElementById('receipt');
const forms = parts.dataset.forms.split(';').filter(Boolean).map((one) => one.split('='));

const fold = (text) => text.toLowerCase().replace(/đ/g, 'd').normalize('NFD').replace(/\p{M}/gu, '');

function filter() {
  const words = fold(seek.value).split(/\s+/).filter(Boolean);
  const found = all.filter((one) => words.every((word) => one.dataset.fold.includes(word)));
  const chosen = procedure.value;
  procedure.replaceChildren(...found);
  procedure.value = chosen;
  if (found.length === 1) procedure.value = found[0].value;
  document.getElementById('found').textContent = t(`${found.length} thủ tục`, found.length === 1 ? '1 procedure' : `${found.length} procedures`);
  list();
}

let listed = null;
function list() {
  const chosen = procedure.selectedOptions[0];
  if ((chosen?.value ?? null) === listed) return;
  listed = chosen?.value ?? null;
  const papers = chosen ? JSON.parse(chosen.dataset.parts) : [];
  parts.hidden = papers.length === 0;
  parts.querySelector('div').replaceChildren(...papers.map((paper) => make('p', { class: 'paper' },
    make('label', { class: 'tick' }, make('input', { type: 'checkbox', 'data-item': paper.item }), ' ', make('span', { lang: 'vi' }, `${paper.item}. ${paper.name}`)),
    make('select', { 'aria-label': t('Dạng giấy tờ', 'In what form') + ` ${paper.item}`, 'data-form-of': paper.item },
      ...forms.map(([value, words]) => make('option', { value, selected: value === paper.form }, words))))));
}

// Papers that are ticked: each is a fact of its own, recorded after the dossier.
const ticked = () => [...parts.querySelectorAll('input:checked')].map((box) => ({
  id: newId(), document: 'receiveComponent', label: t('Nhận thành phần ', 'Paper received: ') + box.dataset.item,
  input: { item: Number(box.dataset.item), form: parts.querySelector(`[data-form-of="${box.dataset.item}"]`).value, digitisation: 'NONE' },
}));

function check() {
  const errors = missing(form);
  const digits = (name) => form.elements[name].value.replace(/[\s.]/g, '');
  if (digits('citizenNumber') && !/^(\d{9}|\d{12})$/.test(digits('citizenNumber'))) errors.push(wrong('citizenNumber', 'Số định danh gồm 12 chữ số, số cũ 9 chữ số.', 'An identity number has 12 digits, an old one 9.'));
  if (digits('phone') && !/^\+?\d{8,15}$/.test(digits('phone'))) errors.push(wrong('phone', 'Số điện thoại gồm 8 đến 15 chữ số.', 'A telephone number has 8 to 15 digits.'));
  return errors;
}

function command() {
  const applicant = {};
  for (const name of ['fullName', 'citizenNumber', 'phone', 'address']) {
    const value = form.elements[name].value.trim();
    if (value) applicant[name] = value;
  }
  const note = form.elements.note.value.trim();
  return { procedure: procedure.value, office, applicant, ...(note ? { note } : {}) };
}

async function takeIn() {
  const errors = check();
  if (errors.length) { show(form, errors); return; }
  clear(form);
  const input = command();
  const offline = navigator.onLine === false;
  const early = offline ? take() : null;
  const label = t('Tiếp nhận: ', 'Taken in: ') + input.applicant.fullName;
  const button = document.getElementById('take-in');
  button.disabled = true;
  // A linked procedure is entered here and accepted on its own page, where the agencies are named.
  const linked = 'linked' in procedure.selectedOptions[0].dataset;
  const answer = await submit(linked
    ? { document: 'lodgeDossier', input: { ...input, channel: 'COUNTER' }, label, then: ticked() }
    : { document: 'acceptDossierAtCounter', input, label, code: early, then: ticked() });
  button.disabled = false;
  if (answer.failed) { say(answer.failed, 'bad'); return; }
  if (answer.refused) { show(form, answer.refused); say(t('Chưa tiếp nhận: xem lỗi trong biểu mẫu.', 'Not accepted: see what is wrong in the form.'), 'bad'); return; }
  // The office may be out of reach with the network standing: then too the citizen does not leave without a code.
  if (answer.waiting) waits(input.applicant.fullName, answer.item ? writeOnSlip(answer.item.id, take) : early, answer.item?.typedAt);
  else recorded(answer.done, linked);
  form.reset();
  procedure.selectedIndex = -1;
  filter();
  told();
  receipt.hidden = false;
  receipt.scrollIntoView({ block: 'start' });
  receipt.querySelector('button, a')?.focus();
}

const again = () => make('button', { type: 'button', class: 'flat', id: 'next', onclick: () => { receipt.hidden = true; seek.focus(); } }, t('Hồ sơ tiếp theo', 'Next dossier'));
const print = () => make('button', { type: 'button', class: 'btn', onclick: () => window.print() }, t('In', 'Print'));

function recorded(payload, linked) {
  const { code, capability, dossier } = payload;
  const key = capability ? '?k=' + capability : '';
  const place = code ? `/t/${code}${key}` : null;
  receipt.className = 'card due good';
  receipt.dataset.state = 'recorded';
  receipt.dataset.code = code ?? '';
  receipt.replaceChildren(
    make('p', { class: 'eye' }, linked ? t('Đã vào sổ; mở hồ sơ để chọn cơ quan và tiếp nhận', 'Entered; open it to name the agencies and accept it') : t('Đã tiếp nhận', 'Accepted')),
    make('p', { class: 'slip code', id: 'receipt-code' }, code ?? t('đang cấp mã', 'the code is on its way')),
    dossier?.dueAt ? make('p', { class: 'big' }, t('Hẹn trả: ', 'Promised for: ') + hour(dossier.dueAt)) : '',
    place ? make('div', { class: 'qr' }, make('img', { src: `/desk/qr.svg?code=${code}&k=${capability ?? ''}`, alt: t('Mã QR của trang theo dõi', 'QR code of the tracking page'), width: 160, height: 160 }),
      make('p', {}, make('a', { id: 'receipt-link', href: place }, t('Trang theo dõi của người nộp', 'The applicant’s tracking page')), make('br'),
        make('span', { class: 'code' }, location.origin + place))) : '',
    make('p', { class: 'tools' },
      code && !linked ? make('a', { class: 'btn', id: 'receipt-pdf', href: `/papers/${code}/receipt.pdf`, 'data-code': code, 'data-paper': 'RECEIPT_SLIP' }, t('In giấy tiếp nhận', 'Print the receipt')) : null,
      code ? make('a', { id: 'open-dossier', class: linked ? 'btn' : '', href: here('/desk/d/' + code) }, t('Mở hồ sơ', 'Open the dossier')) : null, again()));
  say((linked ? t('Đã vào sổ hồ sơ ', 'Entered: dossier ') : t('Đã tiếp nhận hồ sơ ', 'Accepted: dossier ')) + (code ?? '') + '.');
}

function waits(name, code, typedAt) {
  receipt.className = 'card due warn';
  receipt.dataset.state = 'waiting';
  receipt.dataset.code = code ?? '';
  receipt.replaceChildren(
    make('p', {}, make('span', { class: 'tag warn' }, make('span', { 'aria-hidden': 'true' }, '!'), t('CHƯA ĐƯỢC GHI NHẬN', 'NOT YET RECORDED'))),
    code ? make('p', { class: 'eye' }, t('Chép mã này lên giấy cho người nộp', 'Copy this code onto the applicant’s slip')) : '',
    code ? make('p', { class: 'slip code', id: 'receipt-code' }, code) : make('p', {}, t('Chưa có mã: mã được cấp khi có mạng. Ghi số điện thoại để báo lại.', 'There is no code yet: it is given when the line is back. Take a phone number to tell it.')),
    make('p', {}, name, typedAt ? ` · ${hour(typedAt)}` : ''),
    make('p', { class: 'tools' }, code ? print() : null, again()));
  say(kept(), 'warn');
}

// The block is on another device, or what this one knew of it was cleared.
async function takeBack() {
  if (!confirm(t('Các mã giấy hôm nay đang giữ ở máy khác. Trả lại thì mã nào máy kia đã ghi lên giấy mà chưa gửi sẽ không dùng được. Trả lại và giữ mã mới cho máy này?',
    'Today’s paper codes are held by another device. Once given back, a code that is on a slip there and not sent yet can no longer be used. Give them back and reserve new ones here?'))) return;
  const errors = await giveBack().then((refused) => refused ?? reserve(true)).catch(() => null);
  if (errors) say(t(errors[0].messageVi, errors[0].messageEn), 'bad');
  told();
}

function told() {
  const line = document.getElementById('paper-codes');
  if (!available()) { line.hidden = true; return; }
  line.dataset.held = held();
  line.replaceChildren(t(`Mã giấy giữ cho lúc mất mạng: ${held()}. `, `Paper codes kept for when the line is down: ${held()}. `),
    make('button', { type: 'button', class: 'flat', id: 'reserve', onclick: async () => { const errors = await reserve(true).catch(() => null); if (errors) say(t(errors[0].messageVi, errors[0].messageEn), 'bad'); told(); } }, t('Giữ mã giấy', 'Reserve paper codes')));
  if (held() === 0 && isElsewhere()) {
    line.append(' ', make('span', { class: 'tag warn' }, make('span', { 'aria-hidden': 'true' }, '!'), t('mã đang giữ ở máy khác', 'the codes are on another device')), ' ',
      make('button', { type: 'button', class: 'flat', id: 'take-back', onclick: takeBack }, t('Trả lại, giữ mã ở máy này', 'Give them back, reserve here')));
  }
}

seek.addEventListener('input', filter);
procedure.addEventListener('change', list);
form.addEventListener('submit', (event) => { event.preventDefault(); takeIn(); });
document.addEventListener('codes', told);
filter();
told();
