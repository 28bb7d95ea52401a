// What every test here stands on: a served journal, a browser, and what a page is held to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const work = process.env.MOTCUA_BROWSER_WORK;
const screens = process.env.MOTCUA_SCREENS;

export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** A port that nobody has now. */
export const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** A served story: `url`, role `links`, the `code` of a dossier, `stop()`. Played now, or copied from MOTCUA_STORIES/NAME. */
export async function story(scenario, { port, program = process.env.MOTCUA_PROGRAM, folder } = {}) {
  const made = join(work, scenario.replaceAll('/', '-'));
  if (!folder) {
    folder = `${made}-${process.pid}`;
    const played = process.env.MOTCUA_STORIES && join(process.env.MOTCUA_STORIES, scenario);
    if (played && existsSync(played)) cpSync(played, folder, { recursive: true });
    else await ran(program, ['demo', '--scenario', scenario, '--no-serve', ...place(folder)]);
  }
  return serve({ folder, port, program });
}

const place = (folder) => ['--data', join(folder, 'data'), '--keys', join(folder, 'keys')];

const ran = (program, args) => new Promise((done, fail) => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data; });
  child.on('exit', (code) => (code === 0 ? done(said) : fail(new Error(`${args.join(' ')} ended with ${code}\n${said}`))));
});

/** Serves a folder until `stop()`. */
export async function serve({ folder, port, program = process.env.MOTCUA_PROGRAM, options = [] }) {
  const args = ['serve', ...place(folder), '--listen', `127.0.0.1:${port ?? await freePort()}`, ...options];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((done) => child.on('exit', done));
  const url = await new Promise((done, fail) => {
    const hear = (data) => {
      said += data;
      // The links come after the address and before the last line.
      const found = /start +(http:\/\/[0-9.:]+)\//.exec(said);
      if (found && said.includes('Stop with')) done(found[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => fail(new Error(`the server ended with ${code}\n${said}`)));
  });
  const links = Object.fromEntries([...said.matchAll(/(\S+) +(http:\/\/\S+\/sign-in\/\S+)/g)].map(([, role, link]) => [role, link]));
  const code = /a dossier +\S+\/t\/(\S+)/.exec(said)?.[1];
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, links, code, folder, port: Number(new URL(url).port), stop, said };
}

/** A copy of a folder, for a test that writes. */
export function copied(folder, name) {
  const copy = join(work, `${name}-${process.pid}`);
  mkdirSync(copy, { recursive: true });
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export const browser = () => chromium.launch({ executablePath: process.env.MOTCUA_CHROMIUM, args: FLAGS });

/** A person at a screen: signed in by a role link or nobody, with or without script. Complaints of the page fail the test. */
export async function person(window, { width = 360, height = 740, link, script = true, ...more } = {}) {
  const context = await window.newContext({ viewport: { width, height }, javaScriptEnabled: script, bypassCSP: false, locale: 'vi-VN', ...more });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // A line that is cut on purpose is no fault of the page.
    if (message.type() === 'error' && !/net::ERR_|Failed to load resource/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  if (link) await page.goto(link);
  return { context, page, complaints, close: () => context.close() };
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe-core's violations, one line each. The script goes in by the debugger, past the page's own policy. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
}

/** By how many pixels a page is wider than its screen. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** No picture is longer: what is further down is read in a browser. */
const TALL = 1_500;

/** Keeps a picture of the page where MOTCUA_SCREENS says, if it says so. */
export async function picture(page, name) {
  if (!screens) return;
  mkdirSync(screens, { recursive: true });
  const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: document.documentElement.scrollHeight }));
  await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, TALL) } });
}

/** Waits until `look` gives something true, by asking again. */
export async function until(what, look, { ms = 15_000, every = 100 } = {}) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) assert.fail(`after ${ms} ms still not: ${what}`);
    await new Promise((done) => setTimeout(done, every));
  }
}
