/** Prints the manual page: run while dist/ is built, and no part of it. */
import { manPage } from '../completion/man-page.js';
import { processIo } from '../host/process-io.js';
import { escapedLines } from '../../describe/escape.js';
import { createProgram } from '../options/program.js';

const io = processIo((reason) => {
  throw new Error(reason);
});
void io.stdout.write(escapedLines(manPage(createProgram(io, () => undefined))));
