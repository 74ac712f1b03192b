import { processIo } from './process-io.js';
import { runCli } from './run.js';

void runCli(processIo(), process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
