import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HELD_CLOCK, HeldClock } from './held-clock.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = join(ROOT, 'bin/wsinspect.js');
const HOOK = join(ROOT, 'test/cli/hooks/report.cjs');

if (!existsSync(join(ROOT, 'dist/cli/main.js'))) {
  throw new Error('these tests run the built binary: npm run build (npm test does it)');
}

export type Stdin = string | Uint8Array | Iterable<Uint8Array>;

export interface RunOptions {
  /** What comes on stdin, which then ends; none by default. */
  readonly stdin?: Stdin;
  /** Stdin stays open after it. */
  readonly open?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Node alone, with these arguments: for tests of the tests. */
  readonly bare?: boolean;
  /** The number of last bytes of the output that are kept; all by default. Every byte is looked at nevertheless. */
  readonly keep?: number;
  /** Called when the command runs: when it was loaded and waits for its input. */
  readonly started?: (child: ChildProcess) => void;
  /** The clock of the run is held, and this lets time pass. */
  readonly clock?: (clock: HeldClock, child: ChildProcess) => Promise<unknown>;
  /** Called whenever it has printed: may signal it. */
  readonly during?: (child: ChildProcess, printed: string) => void;
}

export interface Ran {
  /** Exit code; null when a signal killed it. */
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
  readonly stdout: Buffer;
  /** Bytes printed. */
  readonly printed: number;
  /** A control character other than LF was printed. */
  readonly control: boolean;
  /** Peak memory in MB. */
  readonly peak: number;
  /** Files loaded by require, and modules of Node's own. */
  readonly files: readonly string[];
  readonly builtins: readonly string[];
  /** Those of Node's own that the files requested themselves. */
  readonly asked: readonly string[];
}

/** What hooks/report.cjs reports. */
type Report = Pick<Ran, 'peak' | 'files' | 'builtins' | 'asked'>;

/** Nothing of the environment that the tests run in may decide about colour. */
export function cleanEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, ...more };
}

/** Runs `bin/wsinspect.js` as a user would: stdin, stdout and stderr are pipes. */
export function wsinspect(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdin = '', open = false, env = {}, cwd = ROOT, keep = Infinity, bare = false } = options;
  const { clock, started, during } = options;
  const hooks = ['--require', HOOK, ...(clock ? ['--require', HELD_CLOCK] : [])];
  const child = spawn(process.execPath, [...hooks, ...(bare ? [] : [BINARY]), ...args], {
    cwd,
    env: cleanEnv(env),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...(clock ? (['ipc'] as const) : [])],
  }) as ChildProcessWithoutNullStreams;
  const passing = clock?.(new HeldClock(child), child);
  const tail = new Tail(keep);
  const err: Buffer[] = [];
  const report: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    during?.(child, tail.bytes().toString());
  });
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  (child.stdio[3] as Readable).on('data', (chunk: Buffer) => {
    if (chunk.toString().startsWith('started')) started?.(child);
    report.push(chunk);
  });
  feed(child.stdin, stdin, open);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    passing?.catch(reject);
    child.on('close', (exit) => {
      const reported = report.length > 0 ? parseReport(Buffer.concat(report)) : {};
      const stdout = tail.bytes();
      const { printed, control } = tail;
      const out = stdout.toString();
      const told = { peak: NaN, files: [], builtins: [], asked: [], ...reported };
      resolve({ exit, out, err: Buffer.concat(err).toString(), stdout, printed, control, ...told });
    });
  });
}

function parseReport(bytes: Buffer): Partial<Report> {
  return JSON.parse(bytes.toString().replace('started\n', '')) as Partial<Report>;
}

function feed(to: Writable, stdin: Stdin, open: boolean): void {
  // It may have read enough before the end: that is its right.
  to.on('error', () => undefined);
  if (typeof stdin === 'string' || stdin instanceof Uint8Array) {
    if (open) to.write(stdin);
    else to.end(stdin);
  } else Readable.from(stdin).pipe(to, { end: !open });
}

/** There is much output: a loop is ten times as fast as `some`. */
function hasControl(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if ((byte < 0x20 && byte !== 0x0a) || byte === 0x7f) return true;
  }
  return false;
}

/** The last bytes of the output, and what may not be anywhere in it. */
class Tail {
  printed = 0;
  control = false;
  private pieces: Buffer[] = [];
  private length = 0;

  constructor(private readonly keep: number) {}

  push(chunk: Buffer): void {
    this.printed += chunk.length;
    this.control ||= hasControl(chunk);
    this.pieces.push(chunk);
    this.length += chunk.length;
    if (this.length > 2 * this.keep) {
      this.pieces = [this.bytes().subarray(-this.keep)];
      this.length = this.keep;
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

/** A folder of the test's own, with `wsinspect` in it for shells. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'wsinspect-cli-'));

  constructor() {
    const shim = this.write('wsinspect', `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
    chmodSync(shim, 0o755);
  }

  /** Makes a file and gives its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Runs a command line with `wsinspect` on the PATH. */
  shell(command: string, { stdin = '', env = {} }: Pick<RunOptions, 'stdin' | 'env'> = {}): Promise<ShellRan> {
    const path = `${this.folder}:${process.env['PATH']}`;
    const child = spawn('sh', ['-c', command], { cwd: this.folder, env: cleanEnv({ PATH: path, ...env }) });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    feed(child.stdin, stdin, false);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exit) =>
        resolve({ exit, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type ShellRan = Pick<Ran, 'exit' | 'out' | 'err'>;

/** A record of the output, which is one JSON object a line. */
export function records(out: string): Record<string, unknown>[] {
  const lines = out.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Bytes from hex digits, blanks allowed. */
export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}
