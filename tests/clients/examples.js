// The examples of `examples/`, run as their readers run them, over a line that is cut at the worst moments.
//
//   node examples.js URL RECEIVER-TOKEN AUDITOR-TOKEN OFFICE PROCEDURE [--motcua PROGRAM] [--python PROGRAM]
//
// Some dossier of OFFICE must be accepted and sealed already. Python needs gql (requirements.txt), the scripts curl and jq.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import { arguments_, check, input, run, same } from './kit.js';

const { url, receiver, auditor, office, procedure, values } = arguments_({
  motcua: { type: 'string', default: 'motcua' },
  python: { type: 'string', default: 'python3' },
});
const base = new URL(url).origin;
const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples');
const NAME = 'Nguyễn Văn Ánh';
const PATIENCE = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'examples-'));
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function ask(token, query, variables) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Gives a command, which must be done. */
async function command(name, type, given) {
  const query = `mutation Do($input: ${type}!) { ${name}(input: $input) { code capability position errors { code } } }`;
  const payload = (await ask(receiver, query, { input: given }))[name];
  same(`${name} is done`, payload.errors, []);
  return payload;
}

const accept = () => command('acceptDossierAtCounter', 'AcceptDossierAtCounterInput', input(office, procedure));
const on = (dossier, more) => ({ commandId: input().commandId, dossier, ...more });
const forward = (code) => command('forwardDossier', 'ForwardDossierInput', on(code, { to: 'handler-01' }));
const recall = (code) => command('recallStep', 'RecallStepInput', on(code, { reason: 'TYPING_ERROR' }));

/** The kinds of a dossier's facts, in order. */
async function facts(code) {
  const data = await ask(auditor, 'query Facts($code: String!) { dossierHistory(code: $code, first: 100) { nodes { position kind } } }', { code });
  return data.dossierHistory.nodes;
}

/** A line to the server that can be cut, and can lose one answer. */
class Line {
  #sockets = new Set();
  #down = false;
  /** The answer to the next request that holds this text is lost: done, and nobody told. */
  loses = '';
  lost = 0;

  async open() {
    const { hostname, port } = new URL(base);
    this.server = createServer((near) => {
      if (this.#down) return near.destroy();
      const far = connect(Number(port || 80), hostname);
      let losing = false;
      const cut = () => { near.destroy(); far.destroy(); };
      near.on('data', (bytes) => {
        if (this.loses && bytes.includes(this.loses)) {
          losing = true;
          this.loses = '';
        }
        far.write(bytes);
      });
      far.on('data', (bytes) => {
        if (!losing) return near.write(bytes);
        this.lost += 1;
        return cut();
      });
      for (const end of [near, far]) {
        this.#sockets.add(end);
        end.on('error', cut).on('close', () => { this.#sockets.delete(end); cut(); });
      }
      return undefined;
    });
    await new Promise((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    this.address = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  cut() {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() { this.#down = false; }
}

/** A program that runs. */
class Running {
  out = '';
  err = '';

  constructor(program, given, { cwd, token, address = base, more = {} }) {
    const env = { ...process.env, NO_COLOR: '1', PYTHONUNBUFFERED: '1', MOTCUA_URL: address, ...more };
    delete env.MOTCUA_TOKEN;
    if (token) env.MOTCUA_TOKEN = token;
    this.child = spawn(program, given, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(this.child);
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.out += text; });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.err += text; });
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => { this.err += error; resolve(-1); });
      this.child.on('close', (code, signal) => { children.delete(this.child); resolve(code ?? signal); });
    });
  }

  get lines() { return this.out.split('\n').slice(0, -1); }

  /** Waits until it has said something. */
  async says(what, holds, of = 'out') {
    const until = Date.now() + PATIENCE;
    while (!holds(of === 'out' ? this.lines : this.err)) {
      const ended = await Promise.race([this.ended.then((code) => ({ code })), new Promise((resolve) => { setTimeout(resolve, 20); })]);
      if ((ended && !holds(of === 'out' ? this.lines : this.err)) || Date.now() > until) {
        throw new Error(`not so: ${what}; it ${ended ? `ended with ${ended.code}` : 'goes on'}\n${this.out}\n${this.err}`);
      }
    }
    check(what, true);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

async function runs(program, given, options) {
  const one = new Running(program, given, options);
  const code = await one.ended;
  return { code, out: one.out, err: one.err };
}

const script = (name, given, options = {}) => runs(join(examples, 'curl', name), given, options);

/** What a reader builds: the folder, the packages, the schema where the configuration looks for it. */
async function build() {
  const place = join(folder, 'examples/typescript');
  mkdirSync(join(folder, 'examples'));
  cpSync(join(examples, 'typescript'), place, { recursive: true, filter: (path) => !/node_modules|build$|gql$/.test(path) });
  cpSync(join(root, 'schema.graphql'), join(folder, 'schema.graphql'));
  symlinkSync(fileURLToPath(new URL('node_modules', import.meta.url)), join(place, 'node_modules'), 'dir');
  const { scripts } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  for (const step of scripts.prestart.split(' && ')) {
    const [tool, ...given] = step.split(' ');
    const done = await runs(join(place, 'node_modules/.bin', tool), given, { cwd: place });
    check(`typescript: ${tool} runs through`, done.code === 0, done);
  }
  const [program, ...given] = scripts.start.split(' ');
  return (token, address, ...more) => new Running(program, [...given, ...more], { cwd: place, token, address });
}

async function typescript() {
  const start = await build();
  const line = await new Line().open();
  for (let more = 0; more < 3; more += 1) await accept();
  const list = 'query List { worklist(first: 100) { nodes { code } pageInfo { hasNextPage } } }';
  const { worklist } = await ask(receiver, list);
  check('typescript: a list of more than a page', worklist.nodes.length >= 3 && !worklist.pageInfo.hasNextPage, worklist);
  const program = start(receiver, line.address, '2');
  await program.says('typescript: it reads the list', (lines) => lines.some((one) => / dossiers$/.test(one)));
  const listed = program.lines.filter((one) => one.startsWith('listed ')).map((one) => one.split(' ')[1]);
  same('typescript: each row once, in order, over all pages', listed, worklist.nodes.map((node) => node.code));

  const first = await accept();
  const told = (code) => program.lines.filter((one) => one.startsWith('dossier.') && one.includes(code)).map((one) => one.split(' ')[0]);
  const at = (code, number) => (lines) => lines.filter((one) => one.startsWith('dossier.') && one.includes(code)).length >= number;
  await program.says('typescript: it tells of a new dossier', at(first.code, 2));
  line.cut();
  await program.says('typescript: it sees that the line is cut', (text) => text.includes('cut:'), 'err');
  const missed = await accept();
  await forward(first.code);
  check('typescript: a cut line tells nothing', told(missed.code).length === 0, program.out);
  line.mend();
  await program.says('typescript: it comes back', at(missed.code, 2));
  await recall(first.code);
  await program.says('typescript: and goes on', at(first.code, 4));
  for (const { code } of [first, missed]) {
    same(`typescript: every fact of ${code}, once and in order`, told(code), (await facts(code)).map((fact) => fact.kind));
  }
  await program.stop();
  const refused = start('x.y.z', base);
  check('typescript: a bad token ends it', (await refused.ended) === 1 && refused.err.includes('UNAUTHENTICATED'), refused.err);
}

async function python() {
  const line = await new Line().open();
  const program = join(examples, 'python/counter.py');
  line.loses = 'acceptDossierAtCounter';
  const counter = new Running(values.python, [program, office, procedure, NAME], { token: receiver, address: line.address });
  await counter.says('python: it follows what it took in', (lines) => lines.some((one) => one.startsWith(`${NAME}: `)));
  same('python: the first answer was lost', [line.lost, counter.err.includes('again in')], [1, true]);
  const [, code, position, again] = counter.lines[0].match(/^accepted (\S+) at (\d+)(, heard before)?$/) ?? [];
  check('python: the second says that it is the first', Boolean(again), counter.out);
  const recorded = await facts(code);
  same('python: it is recorded once', recorded.map((fact) => fact.kind), ['dossier.lodged', 'dossier.accepted']);
  same('python: at the position told', recorded[0].position, position);

  const told = () => counter.lines.slice(2).map((one) => one.split(': ')[0]);
  await forward(code);
  await counter.says('python: it tells what happens', () => told().length >= 1);
  line.cut();
  await counter.says('python: it sees that the line is cut', (text) => text.includes('cut:'), 'err');
  await recall(code);
  line.mend();
  await counter.says('python: it comes back', () => told().length >= 2);
  await forward(code);
  await counter.says('python: and goes on', () => told().length >= 3);
  const kinds = (await facts(code)).slice(2).map((fact) => fact.kind);
  const fits = told().every((kind, index) => kind === kinds[index] || kind === 'inside the office');
  check('python: every fact, once and in order', fits && told().length === kinds.length, told(), kinds);
  await counter.stop();
  const refused = await runs(values.python, [program, office, procedure, ''], { token: receiver });
  check('python: what is refused says where', refused.code === 1 && refused.err.startsWith('TEXT_EMPTY input.applicant.fullName: '), refused);
}

async function curl() {
  const line = await new Line().open();
  line.loses = 'acceptDossierAtCounter';
  const done = await script('accept.sh', [office, procedure, NAME], { token: receiver, address: line.address });
  check('accept.sh: done over a line that lost the answer', done.code === 0 && line.lost === 1, done);
  const taken = JSON.parse(done.out);
  same('accept.sh: the second says that it is the first', taken.repeated, true);
  const id = done.err.match(/commandId (\S+)/)?.[1];
  const again = await script('accept.sh', [office, procedure, NAME, id], { token: receiver });
  same('accept.sh: the same id gives the same', JSON.parse(again.out), taken);
  const other = await script('accept.sh', [office, procedure, 'Trần Thị Bé', id], { token: receiver });
  check('accept.sh: not with other content', other.code === 1 && other.out === '' && other.err.includes('IDEMPOTENCY_CONFLICT'), other);
  same('accept.sh: recorded once', (await facts(taken.code)).length, 2);

  const tracked = JSON.parse((await script('track.sh', [taken.code])).out);
  same('track.sh: without the key no person', [tracked.code, tracked.withReceipt, tracked.applicant], [taken.code, false, null]);
  const known = JSON.parse((await script('track.sh', [taken.code, taken.capability])).out);
  same('track.sh: with the key the applicant', [known.withReceipt, known.applicant.fullName], [true, NAME]);
  const none = await script('track.sh', [taken.code.replace(/\d{4}$/, '9999')]);
  check('track.sh: none of this code', none.code === 1 && none.err.includes('there is no dossier'), none);

  const trusted = await script('trusted.sh', ['tracking', JSON.stringify({ code: taken.code })]);
  same('trusted.sh: the same by documentId', JSON.parse(trusted.out).tracking?.code, taken.code);
  const names = (await script('trusted.sh', [])).out.split('\n');
  check('trusted.sh: names what there is', ['tracking', 'desk/worklist'].every((name) => names.includes(name)), names);
  const closed = await script('trusted.sh', ['worklist', '{}']);
  check('trusted.sh: a refusal is one', closed.code === 1 && closed.err.includes('UNAUTHENTICATED'), closed);
}

async function follow() {
  const line = await new Line().open();
  const { journal } = await ask(auditor, '{ journal { resume } }');
  const { code } = await accept();
  const follower = new Running(join(examples, 'curl/follow.sh'), [code, journal.resume], { address: line.address });
  await follower.says('follow.sh: what lies behind the token comes first', (lines) => lines.length >= 2);
  line.cut();
  await follower.says('follow.sh: it sees that the line is cut', (text) => text.includes('cut;'), 'err');
  await forward(code);
  line.mend();
  await follower.says('follow.sh: it comes back', (lines) => lines.length >= 3);
  await recall(code);
  await follower.says('follow.sh: and goes on', (lines) => lines.length >= 4);
  const told = follower.lines.map((one) => one.split('\t')[0]);
  same('follow.sh: every fact, once and in order', told, (await facts(code)).map((fact) => fact.position));
  await follower.stop();
  const wrong = await script('follow.sh', ['no code']);
  check('follow.sh: what would be refused again ends it', wrong.code === 1 && wrong.err.includes('DOSSIER_CODE_MALFORMED'), wrong);
}

async function verify() {
  const trail = `query First($office: String!) { auditTrail(first: 1, filter: { office: $office, kind: "dossier.accepted" }) { nodes { code position } } }`;
  const [{ code, position }] = (await ask(auditor, trail, { office })).auditTrail.nodes;
  const more = { MOTCUA: values.motcua };
  const good = await script('verify.sh', [code, '', folder], { more });
  check('verify.sh: a receipt is good', good.code === 0 && good.out.includes('GOOD') && good.out.includes(`fact ${position} of `), good);
  const policy = join(folder, 'policy');
  const key = readFileSync(policy, 'utf8').match(/^log \S+\+([^+\s]+)$/m)[1];
  const strange = join(folder, 'strange');
  // Another key of the same name: one bit of it is another.
  const bytes = Buffer.from(key, 'base64');
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(strange, readFileSync(policy, 'utf8').replace(key, bytes.toString('base64')));
  const bad = await script('verify.sh', [code, strange, folder], { more });
  check('verify.sh: not by a key of somebody else', [1, 3].includes(bad.code) && !bad.out.includes('GOOD'), bad);
  const none = await script('verify.sh', [code.replace(/\d{4}$/, '9999'), '', folder], { more });
  check('verify.sh: no receipt, no answer', none.code === 3 && none.err.includes('UNKNOWN_DOSSIER'), none);
}

/** What the pages show can be asked, their links lead somewhere, and the examples stay short. */
async function pages() {
  const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));
  const place = join(root, 'docs/api');
  let seen = 0;
  for (const name of readdirSync(place).filter((file) => file.endsWith('.md'))) {
    for (const [, text] of readFileSync(join(place, name), 'utf8').matchAll(/^```graphql\n(.*?)^```$/gms)) {
      same(`${name}: ${text.trim().split('\n')[0]}`, validate(schema, parse(text)).map((error) => error.message), []);
      seen += 1;
    }
  }
  check('there are documents on the pages', seen > 0);
  const linked = [place, examples].flatMap((at) => readdirSync(at).filter((file) => file.endsWith('.md')).map((file) => join(at, file)));
  const dead = linked.flatMap((page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => join(page, '..', link));
    return links.filter((link) => !existsSync(link)).map((link) => `${page}: ${link}`);
  });
  same(`${linked.length} pages, and every link leads somewhere`, dead, []);
  const files = readdirSync(examples, { recursive: true }).filter((file) => /\.(ts|py|sh)$/.test(file) && !/node_modules|gql\//.test(file));
  const long = files.filter((file) => readFileSync(join(examples, file), 'utf8').split('\n').length > 120);
  check(`${files.length} examples, each under 120 lines`, files.length >= 8 && long.length === 0, long);
}

await run(pages, curl, follow, verify, python, typescript);
