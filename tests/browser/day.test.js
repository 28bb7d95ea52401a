// The day of one dossier, by everybody who has a hand in it: each at a screen of their own, all of them at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, overflow, person, picture, story, until, violations, work } from './kit.js';

const NAME = 'Đặng Thị Ngày Hội';

let window, served;
before(async () => { [window, served] = await Promise.all([browser(), story('luc-yen-2023')]); });
after(() => Promise.all([window?.close(), served?.stop()]));

/** What this office's citizen sees as the status, and how often the page was loaded for it. */
const status = (page) => page.textContent('h1');

test('a dossier from the counter to the rating, seen by all', { timeout: 300_000 }, async (t) => {
  const officers = {};
  for (const role of ['receiver', 'handler', 'division-head', 'signer', 'clerk', 'auditor']) {
    officers[role] = await person(window, { width: 1280, height: 900, link: served.links[role] });
  }
  const at = (role) => officers[role].page;
  const citizen = await person(window), lobby = await person(window, { width: 1280, height: 720 });
  let code, place, loads = 0;
  const onBoard = async (list) => (await lobby.page.$$eval(`#${list} .code`, (all) => all.map((one) => one.textContent))).includes(code);

  /** Gives the command as it is offered to this role. */
  const act = async (role, command, fill = {}) => {
    const page = at(role);
    await page.goto(`${served.url}/desk/d/${code}`);
    const form = `#act-${command}`;
    await page.click(`${form} summary`);
    for (const [name, value] of Object.entries(fill)) {
      const field = page.locator(`${form} [name=${name}]`).first();
      if (value === true) await field.check();
      else if (await field.evaluate((one) => one.tagName === 'SELECT')) await field.selectOption(value);
      else await field.fill(value);
    }
    const version = await page.getAttribute('#acts', 'data-version');
    await page.click(`${form} button.btn`);
    await page.waitForFunction((seen) => document.getElementById('acts').dataset.version !== seen || document.querySelector('.err, .conflict'), version);
    const wrong = await page.$$eval('.err, .conflict', (all) => all.map((one) => one.textContent));
    assert.deepEqual(wrong, [], `${command} by the ${role}`);
  };
  /** Does it and waits until the citizen's open page tells of it by itself. */
  const followed = async (role, command, fill) => {
    const newest = () => citizen.page.$eval('footer', (foot) => Number(/ghi nhận số ([\d.]+)/.exec(foot.innerText)[1].replaceAll('.', '')));
    const earlier = await newest();
    await act(role, command, fill);
    await until(`the open page tells of ${command}`, async () => (await newest()) > earlier);
  };

  await t.test('taken in at the counter', async () => {
    const page = at('receiver');
    await page.goto(`${served.url}/desk/new`);
    await page.fill('#seek', 'xac nhan tinh trang hon nhan');
    await page.selectOption('#procedure', { index: 0 });
    await page.fill('#fullName', NAME);
    await page.fill('#citizenNumber', '001300000999');
    await page.fill('#phone', '0912000999');
    await page.locator('#parts input[type=checkbox]').first().check();
    await page.click('#take-in');
    await page.waitForSelector('#receipt[data-state=recorded]');
    code = await page.getAttribute('#receipt', 'data-code');
    place = await page.getAttribute('#receipt-link', 'href');
    assert.match(place, /\?k=[A-Z0-9]{16}$/);
    await picture(page, 'day-receipt');
  });

  await t.test('the citizen opens the page of the receipt, the lobby its board', async () => {
    citizen.page.on('load', () => { loads += 1; });
    await citizen.page.goto(served.url + place);
    assert.ok((await citizen.page.textContent('main')).includes(NAME), 'the receipt opens the name');
    const office = code.split('-')[0];
    await lobby.page.goto(`${served.url}/board/${office}`);
    await until('the board has it in progress', () => onBoard('processing'));
  });

  await t.test('the receipt is printed, and that is on record', async () => {
    const { page, context } = officers.receiver;
    await page.goto(`${served.url}/desk/d/${code}`);
    const opened = context.waitForEvent('page');
    await page.click('a[data-paper=RECEIPT_SLIP]');
    const sheet = await opened;
    await page.waitForSelector('#papers + ul >> text=số lần in: 1');
    await sheet.close();
    const href = await page.getAttribute('a[data-paper=RECEIPT_SLIP]', 'href');
    const file = await page.request.get(served.url + href);
    assert.equal(file.headers()['content-type'], 'application/pdf');
    assert.equal((await file.body()).subarray(0, 5).toString(), '%PDF-');
  });

  await t.test('supplemented, approved, signed, issued: the open page follows', async () => {
    await followed('receiver', 'forwardDossier', { to: 'handler-01' });
    await followed('receiver', 'requestSupplement', { items: true, reason: 'MISSING_COMPONENT', note: 'Thiếu bản chính.' });
    // An earlier fact may have been what the page told of.
    await until('the open page says what to do', async () => /bổ sung/i.test(await citizen.page.textContent('#todo + p')));
    assert.deepEqual(await violations(citizen.page), []);
    await picture(citizen.page, 'day-supplement');
    await followed('receiver', 'submitSupplement');
    await followed('receiver', 'acceptSupplement');
    await followed('handler', 'draftResult');
    await followed('division-head', 'approveResult');
    await followed('signer', 'signResult');
    await followed('clerk', 'issueResult', { number: '123/XN-UBND' });
    await until('the board calls it', () => onBoard('collect'));
    await picture(lobby.page, 'day-board');
  });

  await t.test('handed over: it leaves the board', async () => {
    await followed('receiver', 'deliverResult', { method: 'COUNTER' });
    await until('the board lets it go', async () => !(await onBoard('collect')) && !(await onBoard('processing')));
    await until('the open page says so', async () => /đã trả/i.test(await status(citizen.page)));
    assert.equal(loads, 1, 'the citizen never loaded the page again');
  });

  await t.test('the citizen rates, once', async () => {
    const { page } = citizen;
    await page.check('#score-5');
    await page.click('#say ~ form button, form[action$="/rating"] button');
    await page.waitForSelector('text=Ông/bà đã đánh giá');
    await page.goto(served.url + place);
    assert.equal(await page.$('#score-5'), null, 'no second rating is offered');
    assert.equal(await overflow(page), 0);
    await picture(page, 'day-delivered');
  });

  await t.test('the auditor sees every act', async () => {
    const { page } = officers.auditor;
    await page.goto(`${served.url}/audit/d/${code}`);
    const acts = await page.$$eval('ol.log > li', (all) => all.map((one) => one.innerText));
    const said = acts.join('\n');
    const people = new Set(said.match(/(?<= · )[a-z]+-[\w-]*\d+(?= · )/g));
    assert.equal(people.size, 5, `receiver, handler, head, signer, clerk: ${[...people]}`);
    assert.match(said, /dossier\.paper_printed/);
    // The dossier, its paper, the receipt printed, supplement thrice, the way through the office five times, handing over, rating: and nobody's name.
    assert.ok(acts.length >= 13, `${acts.length} acts`);
    assert.ok(!(await page.content()).includes(NAME));
    await picture(page, 'day-audit');
    // Taken away as browsers ask for it: compressed on the way, whole at the end.
    for (const form of ['csv', 'ndjson']) {
      const file = await page.request.get(`${served.url}/audit/export.${form}?code=${code}`);
      assert.equal(file.headers()['content-encoding'], 'gzip', form);
      const lines = (await file.text()).trim().split('\n');
      assert.ok(lines.length > acts.length, `${form}: ${lines.length} lines`);
    }
  });

  await t.test('the receipt verifies, and not with a letter changed', async () => {
    const get = async (path) => {
      const answer = await fetch(served.url + path);
      assert.equal(answer.status, 200, path);
      return Buffer.from(await answer.arrayBuffer());
    };
    const [file, policy] = [join(work, 'day.tlog-proof'), join(work, 'day.policy')];
    writeFileSync(policy, await get('/log/policy'));
    const receipt = await until('the receipt is signed', () => get(`/receipts/${code}`).catch(() => null), { ms: 30_000 });
    const verify = (bytes) => {
      writeFileSync(file, bytes);
      return spawnSync(process.env.MOTCUA_PROGRAM, ['receipt', 'verify', file, '--policy', policy], { encoding: 'utf8' });
    };
    const held = verify(receipt);
    assert.equal(held.status, 0, held.stdout + held.stderr);
    assert.match(held.stdout, /dossier\.accepted/);
    const place = receipt.indexOf('extra') + 12;
    receipt[place] = receipt[place] === 65 ? 66 : 65;
    assert.notEqual(verify(receipt).status, 0);
  });

  for (const one of [...Object.values(officers), citizen, lobby]) {
    assert.deepEqual(one.complaints, []);
    await one.close();
  }
});
