// One case of apps-peers.js, in a process of its own: FOLDER CASE. Sends its result to the parent.
import { CASES } from './cases.js';
import { Bench } from './bench.js';
import { compare } from './compare.js';

const [folder, name] = process.argv.slice(2);
const { file, title, needs = [], ...expected } = CASES[name];
const missing = needs.find((program) => !Bench.has(program));
if (missing !== undefined) end({ skipped: `${missing} is not installed` });
else {
  const { [title]: run } = await import(`./${file}.js`);
  const bench = new Bench(folder);
  try {
    await run(bench);
    await bench.settled();
    const { live, recorded } = await bench.records();
    end(compare(bench.log, { live, recorded }, expected));
  } finally {
    await bench.close();
  }
}

function end(result) {
  process.send(result, () => process.exit());
}
