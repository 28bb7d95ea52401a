// Every page that links lead to, for everybody who may see it: found by following links, so that none is forgotten.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, overflow, person, picture, story, violations } from './kit.js';

/** So many addresses of one shape and the same questions are read. */
const EACH = process.env.MOTCUA_LONG ? 2 : 1;
/** Not pages, or pages of others. */
const NO_PAGE = /^\/(log|receipts|papers|graphql|assets|sign-in\/.|sign-out|livez|readyz|metrics|witness|forms)|\.(csv|json|ndjson|pdf)$|\/events$|^\/graphiql/;
/** Read at a desk or on a wall: pictures of these are wide. */
const WIDE = /^\/(desk|audit|board|statistics)/;
/** Names of pictures that the documents show; any other page's is its shape. */
const NAMES = new Map(Object.entries({
  '/': 'home', '/t': 'search', '/t/CODE': 'tracking', '/t/CODE/proof': 'proof', '/history/CODE': 'history', '/p': 'procedures', '/p/CODE': 'procedure',
  '/o': 'offices', '/o/CODE': 'office', '/o/CODE/sheet': 'sheet', '/board/CODE': 'board', '/desk/d/CODE': 'desk-dossier', '/audit/d/CODE': 'audit-dossier',
}));

/** An address with its names and numbers taken out. */
const shape = (path) => path.split('?')[0].split('/').map((part) => (/\d/.test(part) && !/^\d+(\.\d+)?$/.test(part) ? 'CODE' : part.replace(/^\d+(\.\d+)?$/, 'CODE'))).join('/');

let window;
before(async () => { window = await browser(); });
after(() => window.close());

/** Follows links from `starts` as far as `within`: the first addresses of each shape and query. */
async function found(served, link, starts, within) {
  const { page, close } = await person(window, { link });
  const seen = new Map(), waiting = [...starts], paths = [];
  while (waiting.length) {
    const path = waiting.shift();
    const kind = `${shape(path)}?${[...new URL(path, served.url).searchParams.keys()].sort()}`;
    const count = seen.get(kind) ?? 0;
    if (paths.includes(path) || count >= EACH) continue;
    seen.set(kind, count + 1);
    const answer = await page.goto(served.url + path);
    if (!answer.headers()['content-type']?.includes('text/html')) continue;
    // A door for others says so on a page of its own; an address that is not there is a broken link.
    assert.ok(answer.status() < 400 || [401, 403].includes(answer.status()), `${path} answers ${answer.status()}`);
    paths.push(path);
    const links = await page.$$eval('a[href]', (all) => all.map((one) => one.href));
    for (const href of links) {
      const to = new URL(href);
      if (to.origin === served.url && within.test(to.pathname) && !NO_PAGE.test(to.pathname)) waiting.push(to.pathname + to.search);
    }
  }
  await close();
  return paths;
}

/** What can be seen of a page's headings. Those of parts that need a script are marked so. */
const headings = (page) => page.$$eval('main :is(h1, h2)', (all) => all.filter((one) => one.checkVisibility() && !one.closest('.js-only')).map((one) => one.innerText.trim()));

async function read(served, link, paths) {
  const phone = await person(window, { link }), desk = await person(window, { width: 1280, height: 900, link });
  const bare = await person(window, { link, script: false });
  const faults = [], kept = new Set();
  for (const path of paths) {
    for (const [where, { page }] of [['360', phone], ['1280', desk]]) {
      await page.goto(served.url + path);
      const wider = await overflow(page);
      if (wider > 0) faults.push(`${path} at ${where}: ${wider} px too wide`);
      for (const violation of await violations(page)) faults.push(`${path} at ${where}: ${violation}`);
      if (await page.$$eval('h1', (all) => all.length) !== 1) faults.push(`${path} at ${where}: not one h1`);
    }
    const answer = await bare.page.goto(served.url + path);
    if (answer.status() >= 500) faults.push(`${path} without script: ${answer.status()}`);
    const [here, there] = [await headings(bare.page), await headings(phone.page)];
    const lacks = there.filter((one) => !here.includes(one));
    if (!here.length || lacks.length) faults.push(`${path} without script lacks: ${lacks.join(', ')}`);
    const form = shape(path), name = NAMES.get(form) ?? form.slice(1).replace('/CODE', '').replaceAll('/', '-');
    if (!kept.has(name)) {
      kept.add(name);
      await picture((WIDE.test(path) ? desk : phone).page, name);
    }
  }
  faults.push(...phone.complaints, ...desk.complaints);
  await Promise.all([phone, desk, bare].map((one) => one.close()));
  assert.deepEqual(faults, []);
}

test('a real year: every page, for everybody', { timeout: 1_800_000 }, async (t) => {
  const served = await story('luc-yen-2023');
  try {
    const open = ['/', '/t', `/t/${served.code}`, '/?lang=en', `/t/${served.code}?lang=en`];
    for (const [who, starts, within] of [
      [null, open, /^/], ['receiver', ['/desk', '/desk/new', '/desk/people'], /^\/(desk|sign)/], ['handler', ['/desk'], /^\/desk/],
      ['auditor', ['/audit', '/audit/search', `/history/${served.code}`], /^\/audit/],
    ]) {
      await t.test(who ?? 'the public', async () => {
        const link = who && served.links[who];
        const paths = await found(served, link, starts, within);
        console.log(`${who ?? 'the public'}: ${paths.length} pages of ${new Set(paths.map(shape)).size} shapes`);
        await read(served, link, paths);
      });
    }
    await t.test('a page that is not there says so', async () => {
      const { page, close } = await person(window);
      const answer = await page.goto(`${served.url}/nowhere`);
      assert.equal(answer.status(), 404);
      assert.deepEqual(await violations(page), []);
      await close();
    });
    await t.test('the tracking page and all it loads weigh less than 50 kB', async () => {
      const { page, close } = await person(window);
      const answers = [];
      page.on('response', (answer) => {
        if (!answer.url().endsWith('/events')) answers.push(answer.body());
      });
      await page.goto(`${served.url}/t/${served.code}`, { waitUntil: 'load' });
      await page.waitForTimeout(500);
      const bytes = (await Promise.all(answers)).reduce((sum, body) => sum + body.length, 0);
      console.log(`tracking page: ${bytes} bytes before compression`);
      assert.ok(bytes > 2_000 && bytes < 50_000, `${bytes} bytes`);
      await close();
    });
  } finally {
    await served.stop();
  }
});
