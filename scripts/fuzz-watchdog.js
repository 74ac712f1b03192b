// A thread beside the fuzzing: a case that never ends can't tell it itself.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { running, seconds, words } = workerData;
let seen = -1;
let since = 0;

globalThis.setInterval(() => {
  const now = Atomics.load(running, 0);
  if (now !== seen) [seen, since] = [now, Date.now()];
  else if (Date.now() - since > seconds * 1000) {
    writeSync(2, `\n${words} FROM=${now} COUNT=1: no end after ${seconds} s\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
