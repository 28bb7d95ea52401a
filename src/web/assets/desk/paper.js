// Printing a statutory paper: that it is printed goes on record, then its file opens. Without a line there is nothing to open.
import { ask, newId, t } from './wire.js';
import { say } from './dock.js';
import { saidOf } from './queue.js';

async function print(link) {
  const { code, paper: form, of } = link.dataset;
  // A window that is opened later, after the answer, is taken for one that nobody asked for.
  const sheet = window.open('', '_blank');
  const input = { commandId: newId(), dossier: code, form, ...(of ? { of: Number(of) } : {}) };
  const answer = await ask('printPaper', { input }).catch((error) => ({ errors: [], lost: error.message || t('Mất kết nối.', 'The line is down.') }));
  if (answer.lost || answer.errors.length) {
    sheet?.close();
    say(t('Chưa in: ', 'Not printed: ') + (answer.lost ?? saidOf(answer.errors[0])), 'bad');
    return;
  }
  if (sheet) sheet.location = answer.paper.url;
  else location.assign(answer.paper.url);
  say(t('Đã ghi nhận việc in ', 'The printing is on record: ') + link.textContent.trim() + '.');
  document.dispatchEvent(new CustomEvent('printed', { detail: form }));
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-paper]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  print(link);
});
