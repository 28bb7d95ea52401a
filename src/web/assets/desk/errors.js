// What is wrong with a form, beside the field it is about.
import { make, t } from './wire.js';
import { saidOf } from './queue.js';

export function clear(form) {
  form.querySelector('.oops').replaceChildren();
  for (const one of form.querySelectorAll('.err')) one.remove();
  for (const one of form.querySelectorAll('[aria-invalid]')) { one.removeAttribute('aria-invalid'); one.removeAttribute('aria-describedby'); }
}

// `errors` as the API gives them; those of no field of this form stand above it.
export function show(form, errors) {
  clear(form);
  let first = null;
  for (const error of errors) {
    const name = error.field?.at(-1);
    const field = name && form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
    const text = make('p', { class: 'err', 'data-code': error.code ?? '' }, saidOf(error));
    if (!field) { form.querySelector('.oops').append(text); continue; }
    text.id = `${form.id || form.dataset.command}-${name}-err`;
    (field.closest('.field') ?? field.parentElement).append(text);
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', text.id);
    first ??= field;
  }
  (first ?? form.querySelector('.oops')).scrollIntoView({ block: 'center' });
  first?.focus();
}

// Whole đồng, in groups of three or in one.
const WHOLE = /^(\d{1,3}([.,\s]\d{3})+|\d{1,15})$/;

// What can be told without asking: a required field that is empty, a sum that is none.
export function missing(form) {
  const errors = [];
  for (const field of form.elements) {
    if (field.required && !field.value.trim()) errors.push(wrong(field.name, 'Không được để trống.', 'This must be filled in.'));
    else if (field.dataset.as === 'long' && field.value.trim() && !WHOLE.test(field.value.trim())) errors.push(wrong(field.name, 'Số đồng nguyên, ví dụ 20.000.', 'A whole number of đồng, such as 20,000.'));
  }
  return errors;
}

export const wrong = (name, messageVi, messageEn) => ({ field: ['input', name], code: 'VALUE_MALFORMED', messageVi, messageEn });

// The form's fields as the input of its mutation; what is empty is left out.
export function input(form) {
  const read = {};
  for (const field of form.elements) {
    if (!field.name || field.type === 'file' || field.closest('[hidden]')) continue;
    const as = field.dataset.as;
    if (as === 'ints') { read[field.name] ??= []; if (field.checked) read[field.name].push(Number(field.value)); }
    else if (as === 'leg') { read[field.name] ??= []; if (field.value) read[field.name].push({ place: Number(field.dataset.place), office: field.value }); }
    else if (as === 'bool') read[field.name] = field.checked;
    else if (as === 'int') read[field.name] = Number(field.value);
    else if (as === 'long') { const digits = field.value.replace(/[.,\s]/g, ''); if (digits) read[field.name] = digits; }
    else if (field.value.trim()) read[field.name] = field.value.trim();
  }
  return read;
}

export const kept = () => t('Chưa được ghi nhận: giữ trên máy này, gửi khi có mạng.', 'Not yet recorded: kept on this device, sent when the line is back.');
