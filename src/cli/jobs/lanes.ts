import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import type * as threads from 'node:worker_threads';
import type { Share } from '../../traffic/conversations.js';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import type { Input } from '../input/input.js';
import type { Io } from '../host/io.js';
import { Gate, type Grant } from './gate.js';
import { CapturePart } from './part.js';
import type { JobPiece } from './piece.js';
import type { JobFile } from './files.js';
import type { DecodingOptions } from '../options/options.js';

/** The pieces of one reader, as they come. */
export abstract class JobLane {
  private readonly pieces: JobPiece[] = [];
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  abstract grant(grant: Grant): void;

  /** Ends it: no more of it is needed. */
  abstract stop(): Promise<void>;

  async next(): Promise<JobPiece> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece) return piece;
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  protected push(piece: JobPiece): void {
    this.pieces.push(piece);
    this.wake?.();
  }

  protected fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }
}

/** The reader in this thread. */
export class OwnLane extends JobLane {
  private readonly gate = new Gate();
  private readonly part: CapturePart;
  private isStopped = false;

  constructor(io: Io, options: DecodingOptions, share: Share) {
    super();
    const handOver = (piece: JobPiece): Promise<boolean> => {
      this.push(piece);
      return this.gate.pass(piece.text.length);
    };
    this.part = new CapturePart(io, options, share, handOver, () => this.isStopped);
  }

  begin(inputs: readonly Input[]): void {
    this.part.run(inputs).catch((error: Error) => this.fail(error));
  }

  grant(grant: Grant): void {
    this.gate.take(grant);
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.gate.take({ printed: 0, end: 0 });
    return Promise.resolve();
  }
}

/** The data that a thread gets at its start. */
export interface ThreadData {
  readonly files: readonly JobFile[];
  readonly options: DecodingOptions;
  readonly share: Share;
  readonly stdout: { readonly isTTY: boolean; readonly columns: number | undefined };
  /** Shared: not 0 when no more of it is needed. */
  readonly stopped: Int32Array;
}

/** MB. With V8's own choice a thread takes 10 to 15 MB more, and is no faster. */
const YOUNG = 6;
/** Milliseconds for a thread to end by itself. */
const PATIENCE = 3000;

/** A reader in a thread of its own. */
export class ThreadLane extends JobLane {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private readonly stopped = new Int32Array(new SharedArrayBuffer(4));

  constructor(data: Omit<ThreadData, 'stopped'>) {
    super();
    const workerData: ThreadData = { ...data, stopped: this.stopped };
    const { Worker } = builtin('node:worker_threads') as typeof threads;
    const file = createRequire(import.meta.url).resolve('./job-worker.js');
    // The program's own arguments for Node do not apply to a thread.
    this.worker = new Worker(file, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG } });
    const { index, count } = workerData.share;
    const words = (why: string): string => `thread ${index + 1} of ${count} failed: ${why} (--jobs 1 uses no threads)`;
    // Any failure but a lack of memory is a fault of this program, as elsewhere.
    const fail = (why: string, cause?: Error): void => this.fail(new Error(words(why), { cause }));
    this.worker.on('message', (piece: JobPiece) => this.push(piece));
    this.worker.on('messageerror', (error) => fail(error.message, error));
    this.worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.fail(new UsageError(words('there is no memory left')));
      else fail(error.message, error);
    });
    this.ended = new Promise((resolve) =>
      this.worker.on('exit', (code) => {
        fail(`it ended with ${code}`);
        resolve();
      }),
    );
  }

  grant(grant: Grant): void {
    this.worker.postMessage(grant);
  }

  /** Requested, not forced: Node aborts the whole process when it terminates a thread that is making a zlib stream at that moment. */
  async stop(): Promise<void> {
    Atomics.store(this.stopped, 0, 1);
    this.worker.postMessage({ printed: 0, end: 0 } satisfies Grant);
    const timer = setTimeout(() => void this.worker.terminate(), PATIENCE);
    await this.ended;
    clearTimeout(timer);
  }
}
