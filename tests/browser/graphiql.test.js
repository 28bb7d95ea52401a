// The playground: a ready query and a ready subscription, run as somebody would who has just opened the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, person, story, until } from './kit.js';

let window, served;
before(async () => { [window, served] = await Promise.all([browser(), story('abuses')]); });
after(() => Promise.all([window?.close(), served?.stop()]));

test('a query is answered, and a subscription is told of until it is stopped', { timeout: 120_000 }, async () => {
  const { page, close } = await person(window, { width: 1280, height: 900 });
  await page.goto(`${served.url}/graphiql`);
  const result = page.locator('.graphiql-response');
  const says = (what) => until(`the answer says ${what}`, async () => (await result.innerText()).includes(what));
  await page.click('.graphiql-execute-button');
  await says('statusLabel');
  await page.locator('.graphiql-tab button', { hasText: 'Follow' }).click();
  await until('the subscription is there', async () => (await page.locator('.graphiql-query-editor').innerText()).includes('subscription'));
  await until('its answer is empty', async () => !(await result.innerText()).includes('statusLabel'));
  // The editor names the operation a moment after it shows it: pressed too early, the button asks for the one before.
  await until('the answer says trackingChanged', async () => {
    if ((await result.innerText()).includes('trackingChanged')) return true;
    const again = page.locator('.graphiql-execute-button[aria-label*="Execute"]');
    if (await again.count()) await again.click();
    return false;
  });
  await page.click('.graphiql-execute-button[aria-label*="Stop"]');
  await until('it has stopped', async () => (await page.locator('.graphiql-execute-button[aria-label*="Execute"]').count()) === 1);
  await close();
});
