import { processIo } from './process-io.js';
import { runCli } from './run.js';

process.exitCode = await runCli(processIo(), process.argv.slice(2));
