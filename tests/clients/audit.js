// The audits of graphql-http against a running server: node audit.js http://127.0.0.1:8080/graphql
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { auditServer } from 'graphql-http';

const url = process.argv[2];
const results = await auditServer({ url, fetchFn: fetch });
const counts = {};
for (const result of results) {
  counts[result.status] = (counts[result.status] ?? 0) + 1;
  if (result.status !== 'ok') {
    console.log(`${result.status} ${result.id} ${result.name}: ${result.reason ?? ''}`);
  }
}
console.log(JSON.stringify({ total: results.length, ...counts }));

// What every code generator sends first, and does with the answer.
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }) }),
});
const { data, errors } = await response.json();
if (errors) {
  console.log(JSON.stringify(errors));
  process.exit(1);
}
console.log(`schema of ${printSchema(buildClientSchema(data)).length} characters`);
process.exit(counts.ok === results.length ? 0 : 1);
