// node docs/conformance/report.js FOLDER ...: the tables of README.md again, from results that run.js has left there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failures, matrix, readCases } from './matrix.js';
import { PEERS, versionOf } from './peers.js';

const folders = process.argv.slice(2);
const results = PEERS.flatMap((peer) => {
  const file = folders.map((folder) => join(folder, `${peer.name}.json`)).find((each) => existsSync(each));
  return file ? [{ peer, version: versionOf(peer) ?? '?', cases: readCases(file) }] : [];
});
console.log(matrix(results));
console.log(failures(results));
