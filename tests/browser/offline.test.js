// The counter while the line is down: ten people come, nobody is sent home, and each dossier is recorded once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { browser, overflow, person, picture, story, until, violations } from './kit.js';

const DOSSIERS = 10;
/** For how long the line is cut. */
const CUT_MS = process.env.MOTCUA_LONG ? 300_000 : 20_000;

let window, served, device;
before(async () => { [window, served] = await Promise.all([browser(), story('luc-yen-2023')]); });
after(() => Promise.all([window?.close(), served?.stop()]));

async function taken(page, name) {
  await page.fill('#seek', 'khai sinh');
  await page.selectOption('#procedure', { index: 0 });
  await page.fill('#fullName', name);
  await page.click('#take-in');
  await page.waitForSelector('#receipt[data-state=waiting]:not([hidden])');
  const code = await page.getAttribute('#receipt', 'data-code');
  await page.click('#next');
  return code;
}

const held = (page) => until('the desk holds codes', async () => Number(await page.getAttribute('#paper-codes', 'data-held')) >= DOSSIERS);

/** What the office has under these codes, asked by somebody else. */
async function asOffice(codes, role, look) {
  const { page, close } = await person(window, { width: 1280, height: 900, link: served.links[role] });
  const found = [];
  for (const code of codes) {
    const answer = await page.goto(`${served.url}/desk/d/${code}`);
    assert.equal(answer.status(), 200, code);
    found.push(await look(page));
  }
  await close();
  return found;
}

test('ten acceptances while the line is cut: ten dossiers, none twice, each entered late with both times', { timeout: 600_000 }, async () => {
  const receiver = await person(window, { width: 1280, height: 900, link: served.links.receiver });
  const { page, context } = receiver;
  await page.goto(`${served.url}/desk/new`);
  await held(page);
  await context.setOffline(true);
  const cut = Date.now();
  const slips = [];
  for (let number = 1; number <= DOSSIERS; number += 1) {
    slips.push(await taken(page, `Công dân mất mạng ${number}`));
    await sleep(Math.max(0, (CUT_MS / DOSSIERS) * number - (Date.now() - cut)));
  }
  assert.equal(new Set(slips).size, DOSSIERS, 'every slip has a code of its own');
  assert.ok(slips.every(Boolean));
  assert.equal(await page.locator('#queue > li[data-state=waiting]').count(), DOSSIERS);
  assert.match(await page.textContent('#queue'), /CHƯA/i);
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await violations(page), []);
  await picture(page, 'desk-offline');
  // Nothing of it is known to anybody before.
  const unknown = await fetch(`${served.url}/t/${slips[0]}`);
  assert.equal(unknown.status, 404);

  await context.setOffline(false);
  const back = Date.now();
  await until('all are recorded', async () => (await page.locator('#recorded > li').count()) === DOSSIERS, { ms: 60_000 });
  console.log(`cut for ${((back - cut) / 1000).toFixed(0)} s; ten recorded ${((Date.now() - back) / 1000).toFixed(1)} s after the line was back`);
  assert.equal(await page.locator('#queue > li').count(), 0);
  const codes = await page.$$eval('#recorded > li', (all) => all.map((one) => one.dataset.code));
  assert.deepEqual([...codes].sort(), [...slips].sort(), 'recorded under the codes on the slips');
  await picture(page, 'desk-recorded');

  const seen = await asOffice(slips, 'receiver', async (desk) => ({
    name: await desk.textContent('#applicant'),
    late: await desk.isVisible('#entered-late'),
    accepted: await desk.locator('ol.log[reversed] > li', { hasText: 'hẹn trả' }).last().innerText(),
  }));
  seen.forEach((one, place) => {
    assert.ok(one.name.includes(`Công dân mất mạng ${place + 1}`), one.name);
    assert.ok(one.late, slips[place]);
    assert.match(one.accepted, /ghi lúc .* nhận lúc /s, `both times: ${one.accepted}`);
  });
  // Sent again by a page that was reloaded: nothing happens twice.
  await page.reload();
  await sleep(1_000);
  const desk = await fetch(`${served.url}/t/${slips[9]}`);
  assert.equal(desk.status, 200);
  assert.match(await desk.text(), /nhập muộn/);
  const list = await person(window, { width: 1280, height: 900, link: served.links.auditor });
  await list.page.goto(`${served.url}/audit/search?code=${slips[0]}&order=oldest`);
  assert.equal((await list.page.$$eval('ol.log > li', (all) => all.filter((one) => /Tiếp nhận/.test(one.innerText)).length)), 1, 'one acceptance');
  assert.deepEqual([...receiver.complaints, ...list.complaints], []);
  device = await context.storageState();
  await Promise.all([receiver.close(), list.close()]);
});

test('a server that dies with the answer on its way: still one dossier', { timeout: 180_000 }, async () => {
  const receiver = await person(window, { width: 360, storageState: device });
  const { page, context } = receiver;
  await page.goto(`${served.url}/desk/new`);
  await held(page);
  // The command arrives; its answer does not.
  let lost = 0;
  await context.route('**/graphql', async (route) => {
    if (!route.request().postData().includes('applicant')) return route.continue();
    await route.fetch();
    lost += 1;
    return route.abort();
  });
  const slip = await taken(page, 'Công dân một lần');
  assert.equal(lost, 1);
  await context.unroute('**/graphql');
  await until('it is recorded', async () => (await page.locator('#recorded > li').count()) === 1, { ms: 60_000 });
  assert.equal(await page.locator('#queue > li').count(), 0);
  const code = await page.getAttribute('#recorded > li', 'data-code');
  assert.ok(code, 'it has a code');
  // The first try was recorded without the slip's code: the page says which code goes onto the slip instead.
  if (code !== slip) assert.ok((await page.textContent('#recorded')).includes(code));
  const [name] = await asOffice([code], 'receiver', (desk) => desk.textContent('#applicant'));
  assert.ok(name.includes('Công dân một lần'));
  assert.deepEqual(receiver.complaints, []);
  await receiver.close();
});
