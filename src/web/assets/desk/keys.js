// Single keys for those who work fast; they can be switched off, and never fire while one types (WCAG 2.1.4).
import { here } from './wire.js';

const OFF = 'motcua.desk.keys';
let on = true;
try { on = localStorage.getItem(OFF) !== 'off'; } catch { /* on */ }

const typing = (target) => target.closest('input:not([type=checkbox]), select, textarea, [contenteditable]');
const stops = () => [...document.querySelectorAll('tr[data-code] a, details.act > summary')];

function step(by) {
  const all = stops();
  const at = all.findIndex((one) => one === document.activeElement || one.closest('tr')?.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next]?.focus();
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest('tr')?.querySelector('[name=pick]')?.click(),
  '/': () => (document.querySelector('main input[type=search]') ?? document.querySelector('main input'))?.focus(),
  n: () => { location.href = document.getElementById('to-new')?.href ?? here('/desk/new'); },
  g: () => { location.href = document.getElementById('to-list')?.href ?? here('/desk'); },
  '?': help,
};

function help() {
  const table = document.getElementById('keys');
  const box = document.getElementById('keys-on');
  box.checked = on;
  table.showModal();
}

document.addEventListener('keydown', (event) => {
  if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener('click', (event) => { if (event.target.closest('[data-keys]')) help(); });
document.addEventListener('change', (event) => {
  if (event.target.id !== 'keys-on') return;
  on = event.target.checked;
  try { localStorage.setItem(OFF, on ? 'on' : 'off'); } catch { /* for this page only */ }
});
