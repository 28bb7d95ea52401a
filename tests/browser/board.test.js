// The board in the lobby, which nobody touches: its server goes away and comes back as another program.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { browser, freePort, overflow, person, picture, serve, story, until, violations, work } from './kit.js';

/** How long it is away: two minutes, or as long as a page needs to call itself old. */
const AWAY_MS = process.env.MOTCUA_LONG ? 120_000 : 62_000;

let window;
before(async () => { window = await browser(); });
after(() => window.close());

test('a board outlives an outage and an upgrade without a touch', { timeout: 420_000 }, async () => {
  const port = await freePort();
  let served = await story('luc-yen-2023', { port });
  const { page, complaints, close } = await person(window, { width: 1920, height: 1080 });
  let loads = 0;
  page.on('load', () => { loads += 1; });
  const office = served.code.split('-')[0];
  await page.goto(`${served.url}/board/${office}`);
  assert.deepEqual(await violations(page), []);
  assert.equal(await overflow(page), 0);
  const codes = () => page.$$eval('.code', (all) => all.map((one) => one.textContent));
  const first = await codes();
  assert.ok(first.length > 3, `${first.length} codes`);
  const isStale = () => page.evaluate(() => document.body.classList.contains('stale'));
  await page.waitForSelector('#updated');
  assert.equal(await isStale(), false);

  await served.stop();
  const gone = Date.now();
  await until('the board says that it is old', isStale, { ms: 90_000, every: 500 });
  console.log(`stale after ${((Date.now() - gone) / 1000).toFixed(1)} s`);
  assert.ok(await page.isVisible('.lost'), 'the banner is seen');
  assert.deepEqual(await codes(), first, 'what it knew stands');
  assert.deepEqual(await violations(page), []);
  await picture(page, 'board-stale');
  await sleep(Math.max(0, AWAY_MS - (Date.now() - gone)));

  // Another version: the same program with something behind its end.
  const program = join(work, 'upgraded');
  copyFileSync(process.env.MOTCUA_PROGRAM, program);
  appendFileSync(program, 'another version');
  chmodSync(program, 0o755);
  assert.equal(loads, 1);
  served = await serve({ folder: served.folder, port, program });
  const back = Date.now();
  await until('the board loads itself anew', async () => loads === 2, { ms: 90_000, every: 200 });
  console.log(`away ${((back - gone) / 1000).toFixed(0)} s, loaded anew ${((Date.now() - back) / 1000).toFixed(1)} s after the new version served`);
  await until('the board is current', async () => !(await isStale()) && (await codes()).length > 3);
  assert.equal(await page.isVisible('.lost'), false);
  assert.deepEqual(complaints, []);
  await close();
  await served.stop();
});

test('a board without script shows the same codes', { timeout: 120_000 }, async () => {
  const served = await story('luc-yen-2023');
  const office = served.code.split('-')[0];
  const [seen, bare] = [await person(window, { width: 1280, height: 720 }), await person(window, { width: 1280, height: 720, script: false })];
  const read = async ({ page }) => {
    await page.goto(`${served.url}/board/${office}`);
    return page.$$eval('.code', (all) => all.map((one) => one.textContent));
  };
  assert.deepEqual(await read(bare), await read(seen));
  assert.equal(await bare.page.isVisible('.lost'), false);
  await Promise.all([seen.close(), bare.close()]);
  await served.stop();
});
