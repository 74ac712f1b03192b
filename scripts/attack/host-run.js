// The inside of host.js: takes command lines from its parent and runs each with a world of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { processIo } from '../../src/cli/host/process-io.ts';
import { runCli } from '../../src/cli/options/run.ts';

/** Bytes of output that are handed back; the reader goes away after many. */
const KEEP = 300_000;
const MOST = 8 << 20;
/** Commands that wait for others are interrupted then, as by Ctrl-C. Milliseconds. */
const PATIENCE = 40;
const WAITING = ['serve', 'connect', 'proxy', 'check'];

const real = processIo(() => undefined);

function output() {
  return {
    isTTY: false,
    columns: undefined,
    rows: undefined,
    closed: false,
    text: '',
    printed: 0,
    write(data) {
      if (this.closed) return;
      this.printed += data.length;
      if (this.text.length < KEEP) this.text += typeof data === 'string' ? data : Buffer.from(data).toString();
      this.closed = this.printed > MOST;
    },
    payload(bytes) {
      return this.write(bytes);
    },
  };
}

async function* chunksOf(bytes) {
  await sleep(0);
  if (bytes.length > 0) yield bytes;
}

let current;
process.on('uncaughtException', (error) => current?.({ failed: `an exception that nobody caught: ${error.stack}` }));
process.on('unhandledRejection', (error) =>
  current?.({ failed: `a rejection that nobody handled: ${error?.stack ?? error}` }),
);

async function run({ args, stdin }) {
  const [stdout, stderr] = [output(), output()];
  let interrupt;
  const told = new Promise((resolve) => (interrupt = resolve));
  const interrupted = { aborted: false, reason: 130 };
  const own = {
    stdin: Object.assign(chunksOf(Buffer.from(stdin, 'base64')), { isTTY: false, close: () => undefined }),
    stdout,
    stderr,
    env: {},
    interrupted,
    untilInterrupted: () => told,
  };
  // Whatever else a world has is that of the process.
  const io = Object.create(
    real,
    Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }])),
  );
  const interruptIt = () => {
    interrupted.aborted = true;
    interrupt();
  };
  const timer = WAITING.includes(args[0]) ? globalThis.setTimeout(interruptIt, PATIENCE) : undefined;
  const failed = new Promise((resolve) => (current = resolve));
  const ran = runCli(io, args).then(
    (exit) => ({ exit }),
    (error) => ({ failed: `an exception: ${error?.stack ?? error}` }),
  );
  const end = await Promise.race([ran, failed]);
  globalThis.clearTimeout(timer);
  return { ...end, out: stdout.text, err: stderr.text, printed: stdout.printed + stderr.printed };
}

process.on('message', (job) => void run(job).then((ran) => process.send(ran)));
