import type * as childProcess from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Printable, PrintableBytes } from '../../describe/printable.js';
import { builtin } from '../entries/builtin.js';
import { changed } from './changed-io.js';
import type { Io, Output } from './io.js';
import { StreamOutput } from './output.js';
import { PassedOutput } from './passed-output.js';

/** Where neither WSINSPECT_PAGER nor PAGER names one, with what git sets for it: it ends where all fits, keeps colours, and clears nothing. */
const DEFAULT_PAGER = 'less';
const LESS = 'FRX';
const LF = 0x0a;

/** The pager that the environment asks for; undefined: none, or there is no such program. */
export function pagerOf(env: Io['env'], exists: (path: string) => boolean): string | undefined {
  const pager = (env['WSINSPECT_PAGER'] ?? env['PAGER'] ?? DEFAULT_PAGER).trim();
  if (pager === '' || pager === 'cat' || (env['NO_PAGER'] ?? '') !== '' || env['TERM'] === 'dumb') return undefined;
  const [program] = pager.split(/\s/, 1) as [string];
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(':').map((folder) => `${folder}/`);
  return folders.some((folder) => exists(`${folder}${program}`)) ? withColours(pager, env) : undefined;
}

/** Where the user's LESS stays as it is, `less` gets -R besides: it would show colours as `ESC[36m` without. */
function withColours(pager: string, env: Io['env']): string {
  return env['LESS'] === undefined ? pager : pager.replace(/^(?:\S*\/)?less(?=\s|$)/, '$& -R');
}

/** A pager that runs. */
export interface RunningPager {
  readonly input: Writable;
  /** It has ended. */
  readonly ended: Promise<unknown>;
}

/** Starts a pager by its command line. */
export function startPager(command: string, env: Io['env']): RunningPager {
  const { spawn } = builtin('node:child_process') as typeof childProcess;
  const child = spawn('sh', ['-c', command], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env['LESS'] ?? LESS, LV: env['LV'] ?? '-c' },
  });
  const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  return { input: child.stdin, ended };
}

/** Holds output back until it is longer than the screen: then all of it goes to a pager. */
export class PagedOutput extends PassedOutput {
  private held: (Printable | PrintableBytes)[] = [];
  private lines = 0;
  private pager: RunningPager | undefined;
  private paged: Output | undefined;

  constructor(
    terminal: Output,
    private readonly start: () => RunningPager,
  ) {
    super(terminal);
  }

  /** The reader has left it. */
  override get closed(): boolean {
    return this.paged?.closed ?? super.closed;
  }

  get isPaging(): boolean {
    return this.pager !== undefined;
  }

  write(data: Printable | PrintableBytes): Promise<void> | void {
    if (this.paged !== undefined) return this.paged.write(data);
    this.held.push(data);
    this.lines += linesOf(data);
    if (this.lines >= (this.rows ?? Infinity)) return this.begin();
  }

  /** Nothing follows: what is held is printed, and the pager is waited for. */
  async end(): Promise<void> {
    const { pager } = this;
    if (pager === undefined) {
      for (const data of this.held.splice(0)) await this.output.write(data);
      return;
    }
    pager.input.end();
    await pager.ended;
  }

  private async begin(): Promise<void> {
    const pager = this.start();
    this.pager = pager;
    const output = new StreamOutput(pager.input, () => undefined);
    this.paged = output;
    for (const data of this.held.splice(0)) await output.write(data);
  }
}

function linesOf(data: Printable | PrintableBytes): number {
  if (typeof data === 'string') return data.split('\n').length - 1;
  let lines = 0;
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, at + 1)) lines++;
  return lines;
}

/** Held back while a pager has the terminal. */
class LaterOutput extends PassedOutput {
  private held: (Printable | PrintableBytes)[] = [];

  constructor(
    output: Output,
    private readonly isLater: () => boolean,
  ) {
    super(output);
  }

  write(data: Printable | PrintableBytes): Promise<void> | void {
    if (!this.isLater()) return this.output.write(data);
    this.held.push(data);
  }

  /** Nothing is written to stderr as it is. */
  override payload(): void {}

  async end(): Promise<void> {
    for (const data of this.held.splice(0)) await this.output.write(data);
  }
}

/** Runs with a pager for what is longer than the screen. The exit code is that of `run`, whatever became of the pager. */
export async function paged(io: Io, command: string, run: (io: Io) => Promise<number>): Promise<number> {
  const stdout = new PagedOutput(io.stdout, () => {
    // It gets the signal too, and stays.
    io.endures?.();
    return startPager(command, io.env);
  });
  const stderr = new LaterOutput(io.stderr, () => stdout.isPaging);
  try {
    return await run(changed(io, { stdout, stderr }));
  } finally {
    await stdout.end();
    await stderr.end();
  }
}
