// The lobby board: turns the pages of long lists, goes on with the office's clock, and loads itself anew once a night.
// What it shows comes from the page; live.js keeps that current.
const TURN_MS = 10_000, RENEW_MS = 60_000, NIGHT = 3, AGE_MS = 20 * 3_600_000, ZONE_MS = 7 * 3_600_000;
const wide = matchMedia('(min-width: 60em)');
const begun = Date.now();
let page = 0, ahead = 0;
// Whoever asked for less motion sees everything at once.
let still = matchMedia('(prefers-reduced-motion: reduce)').matches;

const officeTime = () => new Date(Date.now() + ahead + ZONE_MS).toISOString().slice(11, 16);

function write(id, text) {
  const place = document.getElementById(id);
  const words = place?.querySelector('time') ?? place;
  if (words && words.textContent !== text) words.textContent = text;
}

const heard = () => write('updated', officeTime());

// The office's clock may be a story's: the page says what it shows now.
function setClock() {
  const now = Number(document.getElementById('clock')?.dataset.now);
  if (now) ahead = now - Date.now();
}

function show() {
  const rows = Number(document.querySelector('.lists').dataset.rows);
  let most = 1;
  for (const list of document.querySelectorAll('.lines')) {
    const lines = [...list.children], pages = Math.ceil(lines.length / rows);
    const all = still || !wide.matches, at = page % pages;
    most = Math.max(most, pages);
    lines.forEach((line, place) => { line.hidden = !all && Math.floor(place / rows) !== at; });
    list.nextElementSibling.textContent = all || pages === 1 ? '' : '●'.padStart(at + 1, '○').padEnd(pages, '○');
  }
  const pause = document.getElementById('pause');
  pause.hidden = most === 1 || !wide.matches;
  pause.setAttribute('aria-pressed', String(still));
}

// Once a night, and only when there is a page to load: what a browser gathers in a day is thrown away.
async function reloadAtNight() {
  if (Date.now() - begun < AGE_MS || new Date().getHours() !== NIGHT) return;
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null);
  if (answer?.ok) location.reload();
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('#pause')) return;
  still = !still;
  show();
});
document.addEventListener('renewed', () => { setClock(); show(); });
document.addEventListener('heard', heard);
wide.addEventListener('change', show);
setClock();
show();
setInterval(() => write('clock', officeTime()), 1_000);
setInterval(() => { page += 1; if (!still) show(); }, TURN_MS);
// Promises pass and days turn without anybody's act.
setInterval(() => document.dispatchEvent(new Event('renew')), RENEW_MS);
setInterval(reloadAtNight, 5 * RENEW_MS);
