// Keeps an open page current: a stream says that something changed, the page is fetched again and its content exchanged.
// Without the stream the page is asked for every half minute; without an answer for a minute it says that it is old.
const POLL_MS = 30_000, STALE_MS = 60_000, WAIT_MS_MAX = 30_000, ANSWER_MS_MAX = 20_000;
const place = document.body.dataset.live;
let heard = Date.now(), tried = 0, wait = 1_000, build = null, source = null, busy = false, again = false;

function alive() {
  heard = Date.now();
  document.body.classList.remove('stale');
  document.dispatchEvent(new Event('heard'));
}

const ask = () => fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout?.(ANSWER_MS_MAX) });

// Another program answers: the page's own script and look may be old. Only a page that is there takes this one's place.
async function begin() {
  const answer = await ask().catch(() => null);
  if (answer?.ok) location.reload();
  else setTimeout(begin, 5_000);
}

// Fetches this page again and exchanges its content. A page that answers with an error is not shown.
async function renew() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await ask();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const open = new Set([...document.querySelectorAll('main details[open]')].map((one) => one.id));
    for (const part of ['main', 'footer']) {
      const [old, now] = [document.querySelector(part), page.querySelector(part)];
      if (old && now) old.replaceChildren(...now.childNodes);
    }
    for (const one of document.querySelectorAll('main details[id]')) one.open ||= open.has(one.id);
    document.title = page.title;
    alive();
    say();
    document.dispatchEvent(new Event('renewed'));
  } catch { /* the line is down: the next try is on its way */ } finally {
    busy = false;
    if (again) { again = false; renew(); }
  }
}

// Speaks the one sentence that the page has for it.
function say() {
  const sentence = document.querySelector('main [data-say]')?.textContent.trim();
  const voice = document.getElementById('voice');
  if (sentence && voice) voice.textContent = sentence;
}

function connect() {
  source?.close();
  tried = Date.now();
  source = new EventSource(place);
  source.addEventListener('hello', (event) => {
    wait = 1_000;
    if (build && build !== event.data) {
      source.close();
      return begin();
    }
    alive();
    const first = build === null;
    build = event.data;
    if (!first) renew();
  });
  source.addEventListener('tick', alive);
  source.addEventListener('changed', () => { alive(); renew(); });
  source.onerror = () => {
    source.close();
    setTimeout(connect, wait);
    wait = Math.min(2 * wait, WAIT_MS_MAX);
  };
}

if (place) {
  connect();
  document.addEventListener('renew', renew);
  setInterval(() => {
    if (source.readyState !== EventSource.OPEN) renew();
  }, POLL_MS);
  setInterval(() => {
    if (Date.now() - heard <= STALE_MS) return;
    document.body.classList.add('stale');
    // A line that was cut without a word still counts as open.
    if (source.readyState === EventSource.OPEN && Date.now() - tried > WAIT_MS_MAX) connect();
  }, 1_000);
}
