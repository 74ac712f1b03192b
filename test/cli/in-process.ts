import { Readable, Writable } from 'node:stream';
import { StreamOutput } from '../../src/cli/host/output.js';
import { processIo } from '../../src/cli/host/process-io.js';
import { runCli } from '../../src/cli/options/run.js';
import type { Io } from '../../src/cli/host/io.js';
import { wsinspect, type Ran, type RunOptions } from './binary.js';

export type RanHere = Pick<Ran, 'exit' | 'out' | 'err' | 'stdout'>;

export interface HereOptions extends Pick<RunOptions, 'stdin' | 'open' | 'env'> {
  /** Stdout is a terminal of this width; a pipe otherwise. */
  readonly columns?: number | undefined;
  /** Gets the number of bytes of each write to stdout. */
  readonly written?: (length: number) => void;
}

/**
 * Runs a command line in this process, with pipes as `wsinspect()` of binary.ts has them, but at a tenth of its cost: for
 * tests that look at what is printed, and not at the process. Its files are those of the process.
 */
export async function runHere(
  args: readonly string[],
  { stdin = '', open = false, env = {}, columns, written }: HereOptions = {},
): Promise<RanHere> {
  const [stdout, stderr] = [new Collected(columns, written), new Collected()];
  const failed = (reason: string): void => expectNever(reason);
  const own: Partial<Io> = {
    stdin: Object.assign(open ? unended(stdin) : chunksOf(stdin), { isTTY: false, close: () => undefined }),
    stdout: new StreamOutput(stdout, failed),
    stderr: new StreamOutput(stderr, failed),
    env,
    interrupted: { aborted: false, reason: 0 },
    untilInterrupted: () => new Promise(() => undefined),
  };
  const exit = await runCli(Object.create(real(), Object.getOwnPropertyDescriptors(own)) as Io, args);
  const bytes = stdout.bytes();
  return { exit, out: bytes.toString(), err: stderr.bytes().toString(), stdout: bytes };
}

/** A command that was started in this process, and runs until it is interrupted or ends by itself. */
export interface StartedHere {
  readonly exited: Promise<number>;
  /** As a signal does, with the exit code that it stands for. */
  readonly interrupt: (exit: number) => void;
}

/** Starts a command line in this process, without stdin; what it prints is handed on as it comes. */
export function startHere(args: readonly string[], printed: (to: 'out' | 'err', chunk: Buffer) => void): StartedHere {
  const interrupted = { aborted: false, reason: 0 };
  let interrupt = (): void => undefined;
  const untilInterrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const outputOf = (to: 'out' | 'err'): StreamOutput =>
    new StreamOutput(new Collected(undefined, undefined, (chunk) => printed(to, chunk)), expectNever);
  const own: Partial<Io> = {
    stdin: Object.assign(chunksOf(''), { isTTY: false, close: () => undefined }),
    stdout: outputOf('out'),
    stderr: outputOf('err'),
    env: {},
    interrupted,
    untilInterrupted: () => untilInterrupted,
  };
  return {
    exited: runCli(Object.create(real(), Object.getOwnPropertyDescriptors(own)) as Io, args),
    interrupt: (exit) => {
      Object.assign(interrupted, { aborted: true, reason: exit });
      interrupt();
    },
  };
}

/** As `runHere`, in a process of its own where it uses several threads: these load the built tool. */
export function run(args: readonly string[], options: HereOptions = {}): Promise<RanHere> {
  const jobs = args.indexOf('--jobs') + 1;
  return jobs > 0 && args[jobs] !== '1' ? wsinspect(args, options) : runHere(args, options);
}

function expectNever(reason: string): never {
  throw new Error(`the output failed: ${reason}`);
}

/** One for all runs. It would listen to the signals of the process: those end the process of the tests as any. */
function real(): Io {
  if (shared !== undefined) return shared;
  const before = SIGNALS.map((signal) => process.listeners(signal));
  shared = processIo(expectNever);
  for (const [i, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) if (!before[i]!.includes(listener)) process.off(signal, listener);
  }
  return shared;
}
let shared: Io | undefined;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function* chunksOf(stdin: NonNullable<RunOptions['stdin']>): AsyncGenerator<Uint8Array> {
  const chunks = typeof stdin === 'string' || stdin instanceof Uint8Array ? [Buffer.from(stdin as string)] : stdin;
  for await (const chunk of Readable.from(chunks)) if ((chunk as Uint8Array).length > 0) yield chunk as Uint8Array;
}

/** More might come. */
async function* unended(stdin: NonNullable<RunOptions['stdin']>): AsyncGenerator<Uint8Array> {
  yield* chunksOf(stdin);
  await new Promise(() => undefined);
}

class Collected extends Writable {
  private readonly chunks: Buffer[] = [];
  readonly isTTY: boolean;
  declare readonly columns?: number;

  constructor(
    columns?: number,
    private readonly written: (length: number) => void = () => undefined,
    private readonly keep = (chunk: Buffer): void => void this.chunks.push(chunk),
  ) {
    super();
    this.isTTY = columns !== undefined;
    Object.assign(this, { columns });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written(chunk.length);
    this.keep(Buffer.from(chunk));
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
