// On every page of the desk: the dock, the keys; where papers are taken in also the paper codes.
import './dock.js';
import './keys.js';
import { held, release, reserve } from './codes.js';
import { items, watch } from './queue.js';

document.body.classList.add('js');

let busy = false;
async function keep() {
  if (busy) return;
  busy = true;
  try {
    await release(items());
    await reserve();
  } catch { /* the line is down: the next time */ } finally {
    busy = false;
    document.dispatchEvent(new Event('codes'));
  }
}

if (document.getElementById('paper-codes')) {
  keep();
  addEventListener('online', keep);
  // A block that was written out is followed by another as soon as all of it is recorded.
  let left = items().length;
  watch(() => {
    const now = items().length;
    if (now === 0 && left > 0 && held() === 0) keep();
    left = now;
  });
}
