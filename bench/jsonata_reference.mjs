// The JavaScript reference under the protocol of `bench_jsonata serve`:
//   node jsonata_reference.mjs PLAN.json FOLDER, with FOLDER/node_modules/jsonata
import {createInterface} from 'node:readline';
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

const [planFile, folder] = process.argv.slice(2);
const jsonata = createRequire(resolve(folder, 'x.js'))('jsonata');
const {documents} = JSON.parse(readFileSync(planFile, 'utf8'));

async function rateOf(expression, document, seconds) {
  const program = jsonata(expression);
  const begin = performance.now();
  let count = 0;
  do {
    await program.evaluate(document);
    count++;
  } while (performance.now() - begin < seconds * 1000);
  return count / ((performance.now() - begin) / 1000);
}

for await (const line of createInterface({input: process.stdin})) {
  const {document, expression, seconds} = JSON.parse(line);
  const answer = seconds === undefined
    ? {result: await jsonata(expression).evaluate(documents[document])}
    : {rate: await rateOf(expression, documents[document], seconds)};
  process.stdout.write(JSON.stringify(answer) + '\n');
}
