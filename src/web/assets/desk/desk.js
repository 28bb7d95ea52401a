// On every page of the desk: the dock, the keys; where papers are taken in also the paper codes.
import './dock.js';
import './keys.js';
import { held, release, reserve } from './codes.js';
import { items, watch } from './queue.js';
import { t } from './wire.js';

document.body.classList.add('js');

// What waits belongs to whoever typed it: it is sent when they sign in here again.
document.addEventListener('submit', (event) => {
  const left = items().length;
  if (event.target.getAttribute('action') !== '/sign-out' || !left) return;
  if (!confirm(t(`Còn ${left} thao tác chưa được ghi nhận trên máy này; chỉ gửi khi chính ông/bà đăng nhập lại. Vẫn đăng xuất?`,
    `${left} commands on this device are not recorded yet; they are sent only when you sign in again. Sign out all the same?`))) event.preventDefault();
});

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
