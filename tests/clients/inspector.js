// GraphQL Inspector: does a newer schema break whoever uses the older one, and do our own documents fit it?
//
//   node inspector.js NEW.graphql OLD.graphql [DOCUMENTS-FOLDER…]      exits 1 on a breaking change or a document that does not fit
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CriticalityLevel, diff, validate } from '@graphql-inspector/core';
import { Source, buildSchema, parse, print, visit } from 'graphql';
import { check, run, same } from './kit.js';

const [newer, older, ...folders] = process.argv.slice(2);
if (!older) {
  console.error('wanted: NEW.graphql OLD.graphql [DOCUMENTS-FOLDER…]');
  process.exit(2);
}
const text = (path) => readFileSync(path, 'utf8');

/** What breaks those who use the older one. */
async function breaking(from, to) {
  const changes = await diff(buildSchema(from), buildSchema(to));
  return changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking).map((change) => `${change.type} ${change.path}`);
}

/** What does not fit of some documents. */
function misfits(schema, sources) {
  return validate(buildSchema(schema), sources).flatMap(({ source, errors }) => errors.map((error) => `${source.name}: ${error.message}`));
}

/** The schema with something else in place of a definition's own node. */
function changed(schema, kind, type, name, becomes) {
  let found = 0;
  const document = visit(parse(schema), {
    [kind](node, _key, _parent, _path, ancestors) {
      const owner = ancestors.findLast((ancestor) => !Array.isArray(ancestor));
      if (node.name.value !== name || owner.name?.value !== type) return undefined;
      found += 1;
      return becomes(node);
    },
  });
  same(`${type} has ${name}, once`, found, 1);
  return print(document);
}

/** It must tell what breaks from what does not, or its silence says nothing. */
async function itself() {
  const schema = text(newer);
  const gone = changed(schema, 'FieldDefinition', 'Tracking', 'dueAt', () => null);
  same('a field that goes breaks', await breaking(schema, gone), ['FIELD_REMOVED Tracking.dueAt']);
  same('one that comes does not', await breaking(gone, schema), []);
  const nullable = changed(schema, 'FieldDefinition', 'CommandPayload', 'errors', (node) => ({ ...node, type: node.type.type }));
  same('null where there was none breaks', await breaking(schema, nullable), ['FIELD_TYPE_CHANGED CommandPayload.errors']);
  same('and the other way round does not', await breaking(nullable, schema), []);
  const value = changed(schema, 'EnumValueDefinition', 'ErrorCode', 'CONFLICT', () => null);
  same('a code that goes breaks', await breaking(schema, value), ['ENUM_VALUE_REMOVED ErrorCode.CONFLICT']);
  const wanted = changed(schema, 'InputValueDefinition', 'ForwardDossierInput', 'note', (node) => ({ ...node, type: { kind: 'NonNullType', type: node.type } }));
  same('a part of an input that is now wanted breaks', await breaking(schema, wanted), ['INPUT_FIELD_TYPE_CHANGED ForwardDossierInput.note']);
  const document = new Source('query Tracking($code: String!) { tracking(code: $code) { code dueAt } }', 'tracking.graphql');
  same('a document fits', misfits(schema, [document]), []);
  const misfit = misfits(gone, [document]);
  check('and without the field it does not', misfit.length === 1 && misfit[0].includes('Cannot query field "dueAt"'), misfit);
}

async function compatible() {
  same('the newer schema breaks nobody who uses the older one', await breaking(text(older), text(newer)), []);
}

async function documents() {
  const schema = text(newer);
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.graphql')).sort();
    check(`${files.length} documents`, files.length > 0, folder);
    // Documents of one folder may use each other's fragments; those of ours stand alone, and may bear the same name.
    const sources = files.map((file) => new Source(text(join(folder, file)), relative('.', join(folder, file))));
    const alone = sources.every((source) => parse(source).definitions.every((one) => one.kind === 'OperationDefinition'));
    const found = alone ? sources.flatMap((source) => misfits(schema, [source])) : misfits(schema, sources);
    same('each fits', found, []);
  }
}

await run(itself, compatible, documents);
