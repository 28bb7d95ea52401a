// relay-compiler over fragments, connections, mutations and a subscription of ours: node relay.js SCHEMA.graphql
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import compiler from 'relay-compiler';
import { check, run, same } from './kit.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'relay-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const compile = (...more) => {
  const done = spawnSync(compiler, [...more, 'relay.config.json'], { cwd: folder, encoding: 'utf8' });
  return { status: done.status, said: `${done.stdout}${done.stderr}${done.error ?? ''}` };
};
const artifact = (name) => readFileSync(join(folder, 'src/__generated__', `${name}.graphql.ts`), 'utf8');

/** What compiles, and what comes out. */
async function compiles() {
  cpSync(join(here, 'relay'), folder, { recursive: true });
  mkdirSync(join(folder, 'src/__generated__'));
  cpSync(process.argv[2], join(folder, 'schema.graphql'));
  const done = compile();
  check('it compiles', done.status === 0, done.said);
  check('without a warning', !/warn/i.test(done.said), done.said);
  const names = readdirSync(join(folder, 'src/__generated__')).map((file) => file.split('.')[0]).sort();
  same('everything that was written', names, [
    'DossierAcceptMutation', 'DossierHistoryQuery', 'DossierQuery', 'Dossier_history', 'TrailFactsQuery', 'TrailRecordedSubscription',
    'Trail_facts', 'WorklistForwardMutation', 'WorklistListQuery', 'WorklistQuery', 'Worklist_list', 'Worklist_row',
  ]);
  for (const [name, path] of [['Worklist_list', 'worklist'], ['Dossier_history', 'history'], ['Trail_facts', 'auditTrail']]) {
    const text = artifact(name);
    check(`${name} is a list that goes on`, text.includes('"connection"') && text.includes(`"${path}"`) && text.includes('"forward"'));
    check(`${name} knows where it stands`, text.includes('hasNextPage') && text.includes('endCursor'));
  }
  check('a dossier is fetched again by node(id:)', /"identifierInfo": \{\s*"identifierField": "id"/.test(artifact('Dossier_history')));
  check('its query says so', artifact('DossierHistoryQuery').includes('node(id: $id)'));
  const types = artifact('WorklistForwardMutation');
  check('commands have types', types.includes('commandId: string;') && types.includes('readonly dossier: '), types);
  check('and their errors codes', types.includes('"VALUE_MALFORMED"') && types.includes('readonly field: ReadonlyArray<string>;'), types);
  check('the subscription too', artifact('TrailRecordedSubscription').includes('"operationKind": "subscription"'));
  const again = compile('--validate');
  check('nothing is left to do', again.status === 0, again.said);
}

/** The same must fail when something is wrong. */
async function fails() {
  const path = join(folder, 'src/Worklist.ts');
  const text = readFileSync(path, 'utf8');
  for (const [what, is, becomes, says] of [
    ['a field that there is not', 'dueAt', 'dueOn', 'dueOn'],
    ['an argument that there is not', 'worklist(first: $first,', 'worklist(first: $first, last: $first,', 'last'],
    ['an input of another type', 'ForwardDossierInput!', 'AcceptDossierInput!', 'AcceptDossierInput'],
  ]) {
    writeFileSync(path, text.replace(is, becomes));
    const done = compile();
    check(`${what} does not compile`, done.status !== 0 && done.said.includes(says), done);
  }
  writeFileSync(path, text);
  same('and mended, it does', compile().status, 0);
}

await run(compiles, fails);
