// The program under attack: the real binary, as a process of its own.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = fileURLToPath(new URL('../../bin/wsinspect.js', import.meta.url));

/** A process that does not end by itself is killed then at the earliest: a net, not a measurement. */
const NET_SECONDS = 60;
/** Seconds that are given in addition where the machine is busy. */
const MOST_WAITED = 600;
/** Whoever takes more is killed, in MB: the machine is shared. */
const MOST_MEMORY = 1500;
/** Bytes of output that are kept; all are counted. */
const KEEP = 4 << 20;

export function cleanEnv(more = {}) {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  return { PATH, HOME, LANG, ...(TMPDIR && { TMPDIR }), ...more };
}

/** VmRSS or VmHWM in MB; NaN for a process that is no more. */
export function memoryOf(pid, field = 'VmRSS') {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

/** Seconds of processor time so far; NaN for a process that is no more. */
function workOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

/** Seconds for which a process was ready to run and another ran in its place; 0 where that is not known. */
function waitedOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e9;
  } catch {
    return 0;
  }
}

export function descriptorsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return NaN;
  }
}

/** A run of the binary. */
export class Target {
  out = '';
  err = '';
  printed = 0;
  /** Peaks, sampled. */
  memory = 0;
  work = 0;
  descriptors = 0;
  /** Why it was killed, where it was. */
  killed;

  constructor(
    args,
    {
      stdin,
      env,
      cwd = ROOT,
      seconds = NET_SECONDS,
      most = Infinity,
      node = process.execPath,
      nodeArgs = [],
      command,
    } = {},
  ) {
    this.args = args;
    const [file, list] = command ?? [node, [...nodeArgs, BINARY, ...args]];
    this.child = spawn(file, list, { cwd, env: cleanEnv(env), stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', () => undefined);
    if (stdin !== null) this.child.stdin.end(stdin ?? '');
    this.take('out', most);
    this.take('err', most);
    this.exited = new Promise((resolve) => {
      this.child.on('error', (error) => resolve([null, String(error)]));
      this.child.on('close', (exit, signal) => resolve([exit, signal]));
    });
    const sampler = globalThis.setInterval(() => this.sample(), 25);
    const patience = Math.max(seconds, NET_SECONDS);
    this.watchTime(patience);
    void this.exited.then(([exit, signal]) => {
      globalThis.clearInterval(sampler);
      globalThis.clearTimeout(this.net);
      [this.exit, this.signal] = [exit, signal];
    });
  }

  get pid() {
    return this.child.pid;
  }

  /** Kills it after `patience` seconds, not counting those in which it, or what it talks to here, waited for a processor. */
  watchTime(patience) {
    const before = waitedOf(process.pid);
    const wait = (seconds, granted) => {
      this.net = globalThis.setTimeout(() => {
        const waited = waitedOf(this.pid) + waitedOf(process.pid) - before;
        const more = Math.min(waited, MOST_WAITED) - granted;
        if (more > 1) wait(more, granted + more);
        else this.kill(`did not end in ${patience} s`);
      }, seconds * 1000);
    };
    wait(patience, 0);
  }

  /** What stands in a shell. */
  get line() {
    return `wsinspect ${this.args.map((arg) => (/^[\w./:@=,-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`.slice(
      0,
      400,
    );
  }

  take(name, most) {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    this.child[`std${name}`].on('data', (chunk) => {
      this.printed += chunk.length;
      if (this[name].length < KEEP) this[name] += decoder.decode(chunk, { stream: true });
      if (this.printed > most) this.kill(`printed more than ${most} bytes`);
    });
  }

  sample() {
    this.memory = Math.max(this.memory, memoryOf(this.pid, 'VmHWM') || 0);
    this.work = Math.max(this.work, workOf(this.pid) || 0);
    this.descriptors = Math.max(this.descriptors, descriptorsOf(this.pid) || 0);
    if (this.memory > MOST_MEMORY) this.kill(`took more than ${MOST_MEMORY} MB`);
  }

  kill(why) {
    this.killed ??= why;
    this.child.kill('SIGKILL');
  }

  /** Resolves with itself when it has ended. */
  async ended() {
    await this.exited;
    return this;
  }

  async stop(signal = 'SIGINT') {
    if (this.exit === undefined) this.child.kill(signal);
    return await this.ended();
  }

  /** Resolves when `test` holds of what was printed; false where the process ends before. */
  async until(test) {
    while (!test(this)) {
      if (this.exit !== undefined) return false;
      await sleep(15);
    }
    return true;
  }
}

/** Runs it to its end. */
export function run(args, options) {
  return new Target(args, options).ended();
}

/** Starts a command that listens; its `url` and `port` are known when this resolves. */
export async function listen(attempt, args, options = {}) {
  const target = new Target(args, { stdin: null, seconds: 600, ...options });
  attempt.atEnd(() => target.stop('SIGKILL'));
  const pattern = /(wss?:\/\/[^\s"]+)/;
  const listens = await target.until(({ out, err }) => pattern.test(out + err));
  if (!listens) throw new Error(`${target.line} does not listen: ${target.out}${target.err}`);
  target.url = pattern.exec(target.out + target.err)[1];
  target.port = Number(new URL(target.url).port);
  return target;
}

if (!existsSync(new URL('../../dist/cli/main.js', import.meta.url))) {
  throw new Error('the attacks run the built binary: npm run build');
}

/** Exit codes that docs/exit-codes.md has, but for 70: a fault that nobody foresaw is a finding here. */
const DOCUMENTED = new Set([0, 1, 2, 3, 4, 5, 6, 7, 22, 28, 35, 56, 57, 60, 129, 130, 143]);

/** Reports what may be of no run whatever it was given. */
export function judgeRun(attempt, target) {
  const { exit, signal, killed, err, out, line } = target;
  if (killed) attempt.wrong(`${killed}, having printed ${target.printed} bytes`, line);
  else if (exit === null) attempt.wrong(`ended by ${signal}`, line);
  else if (!DOCUMENTED.has(exit)) attempt.wrong(`exit ${exit}: ${err.slice(0, 300)}`, line);
  if (/^ {2,}at .*(?:\(|:\d+:\d+)/m.test(err)) attempt.wrong(`a stack trace: ${err.slice(0, 300)}`, line);
  if (/Warning: .*(?:leak|deprecat|experimental)/i.test(err) || /^\(node:\d+\)/m.test(err)) {
    attempt.wrong(`a warning of Node.js: ${err.slice(0, 200)}`, line);
  }
  if (/\[object Object\]|\bundefined\b/.test(err)) attempt.wrong(`a slip in a message: ${err.slice(0, 200)}`, line);
  return { out, err };
}
