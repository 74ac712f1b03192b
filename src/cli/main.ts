import * as nodeModule from 'node:module';
import { processIo } from './process-io.js';
import { runCli } from './run.js';

// Node 22 keeps compiled code between runs; Node 20 has no such thing.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();

void runCli(processIo(), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
