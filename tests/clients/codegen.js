// GraphQL Code Generator with its client preset over tests' own documents, and TypeScript over what uses the result.
//
//   node codegen.js SCHEMA.graphql [URL]      with an address, also from the schema that the server tells
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, run, same } from './kit.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const [schema, url] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'codegen-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
/** Types that the file names and the server does not tell, because no field leads to them. */
const NOT_TOLD = ['FailureCode'];
const bin = join(here, 'node_modules/.bin');

const SCALARS = { Date: 'string', DateTime: 'string', Hash: 'string', Long: { input: 'string | number', output: 'string' }, UUID: 'string' };

function tool(name, ...more) {
  const done = spawnSync(process.execPath, [join(bin, name), ...more], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
  return { status: done.status, said: `${done.stdout}${done.stderr}${done.error ?? ''}` };
}

function generate(from, to) {
  const config = {
    schema: from,
    documents: 'documents/*.graphql',
    generates: { [`${to}/`]: { preset: 'client', config: { scalars: SCALARS, strictScalars: true, enumsAsTypes: true, useTypeImports: true } } },
  };
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify(config));
  return tool('graphql-codegen', '--config', 'codegen.json');
}

const generated = (of) => Object.fromEntries(readdirSync(join(folder, of)).map((file) => [file, readFileSync(join(folder, of, file), 'utf8')]));

async function generates() {
  cpSync(join(here, 'documents'), join(folder, 'documents'), { recursive: true });
  cpSync(join(here, 'codegen'), folder, { recursive: true });
  cpSync(schema, join(folder, 'schema.graphql'));
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const done = generate('schema.graphql', 'gql');
  check('the generator runs through', done.status === 0, done.said);
  same('what it writes', Object.keys(generated('gql')).sort(), ['fragment-masking.ts', 'gql.ts', 'graphql.ts', 'index.ts']);
  check('no scalar is left without a type', !/(input|output): any;/.test(generated('gql')['graphql.ts']));
}

async function fits() {
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--noUncheckedIndexedAccess'];
  const done = tool('tsc', ...options, 'usage.ts');
  check('a program that uses it has no error of types', done.status === 0, done.said);
  const usage = readFileSync(join(folder, 'usage.ts'), 'utf8');
  writeFileSync(join(folder, 'wrong.ts'), usage.replaceAll(/^ *\/\/ @ts-expect-error.*$/gm, ''));
  const wrong = tool('tsc', ...options, 'wrong.ts');
  const expected = usage.match(/@ts-expect-error: /g).length;
  same('each misuse is found', [wrong.status !== 0, wrong.said.match(/error TS/g)?.length], [true, expected]);
}

async function refuses() {
  mkdirSync(join(folder, 'none'));
  const path = join(folder, 'documents/tracking.graphql');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('timeliness', 'punctuality'));
  const done = generate('schema.graphql', 'none');
  check('a document that does not fit is refused', done.status !== 0 && done.said.includes('punctuality'), done);
  writeFileSync(path, text);
}

async function asks() {
  if (!url) return;
  // Left alone, the generator asks for nothing that is newer than the specification of 2021, `@oneOf` among it.
  const done = generate([{ [url]: { oneOf: true, specifiedByUrl: true, inputValueDeprecation: true } }], 'asked');
  check('the same from the schema that the server tells', done.status === 0, done.said);
  const [asked, read] = [generated('asked'), generated('gql')];
  for (const file of Object.keys(read)) {
    let expected = read[file];
    for (const type of file === 'graphql.ts' ? NOT_TOLD : []) {
      const whole = new RegExp(`(?:/\\*\\*(?:(?!\\*/).)*\\*/\\n)?export type ${type} =.*?;\\n\\n`, 's');
      check(`the file has ${type}, which the server does not tell`, whole.test(expected) && !whole.test(asked[file]));
      expected = expected.replace(whole, '');
    }
    check(`${file} is the same`, asked[file] === expected);
  }
}

await run(generates, fits, refuses, asks);
