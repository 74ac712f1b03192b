import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { builtin } from '../entries/builtin.js';
import { EXIT, UsageError } from './exit.js';
import { DirectOutput, isDirect } from './direct-output.js';
import { readChunks } from './file-chunks.js';
import type { Interruption, Io, OpenFile, Output } from './io.js';
import { StreamOutput } from './output.js';
import { isSystemError, reasonOf } from './system-reasons.js';
import { wallClock } from './wall-clock.js';

/** The Io of the real process. What a run does not use is not made: each stream costs a part of the start. */
export function processIo(failed: (reason: string) => void): Io {
  let stdout: Output | undefined;
  let stderr: Output | undefined;
  let clock: (() => number) | undefined;
  const signals = watchSignals();
  return {
    get stdin() {
      return Object.assign(
        chunks(() => process.stdin, 'stdin'),
        { isTTY: process.stdin.isTTY === true, close: () => void process.stdin.destroy() },
      );
    },
    get stdout() {
      return (stdout ??= outputOn(1, () => process.stdout, failed));
    },
    get stderr() {
      return (stderr ??= outputOn(2, () => process.stderr, failed));
    },
    terminal: () => ({ input: process.stdin, output: process.stderr }),
    env: process.env,
    pid: process.pid,
    interrupted: signals.state,
    untilInterrupted: () => signals.interrupted,
    endures: () => signals.endure(),
    // Node loads its `performance` at the first access.
    now: () =>
      (clock ??= wallClock({ wall: () => Date.now(), steady: () => performance.now() }, performance.timeOrigin))(),
    random: (length) =>
      new Uint8Array((builtin('node:crypto') as { randomBytes(length: number): Uint8Array }).randomBytes(length)),
    readFile: (path) => chunks(() => readChunks(path, { signal: signals.end() }), path),
    fileExists: existsSync,
    unreadable,
    smallFile: wholeFile,
    fileSize: sizeOf,
    openFile,
  };
}

function outputOn(descriptor: number, stream: () => NodeJS.WriteStream, failed: (reason: string) => void): Output {
  const streamed = (): Output => new StreamOutput(stream(), failed);
  return isDirect(descriptor) ? new DirectOutput(descriptor, streamed) : streamed();
}

/** Undefined also where the system refuses: the error comes again when the file is read. */
function sizeOf(path: string): number | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function unreadable(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return reasonOf({ code: 'EISDIR' });
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return reasonOf(error);
  }
}

function wholeFile(path: string, most: number): Uint8Array | undefined {
  const size = sizeOf(path);
  if (size === undefined || size > most) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function openFile(path: string): OpenFile | undefined {
  if (sizeOf(path) === undefined) return undefined;
  try {
    const descriptor = openSync(path, 'r');
    return {
      read: (target, at) => readSync(descriptor, target, 0, target.length, at),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** Two signals within this time are one: Ctrl-C reaches a group of processes, and some pass it on in addition. Milliseconds. */
const REPEATED = 500;

/** A process that was asked to end ends without the rest of its output if that is not read: the number of checks, and milliseconds between two. */
const LOOKS = 4;
const LOOK = 500;

/** The first signal is handed to the command, which ends cleanly; a second one kills. */
function watchSignals(): {
  readonly state: Interruption;
  readonly interrupted: Promise<void>;
  readonly end: () => AbortSignal;
  readonly endure: () => void;
} {
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const state = { aborted: false, reason: 0 };
  let waiting: AbortController | undefined;
  let since: number | undefined;
  let endures = false;
  const on = (signal: NodeJS.Signals, code: number): void => {
    const handle = (): void => {
      if (since !== undefined) {
        if (performance.now() - since < REPEATED || (endures && signal === 'SIGINT')) return;
        return again(signal, handle);
      }
      since = performance.now();
      state.aborted = true;
      state.reason = code;
      interrupt();
      process.stdin.destroy();
      waiting?.abort();
      whenStuck(() => again(signal, handle));
    };
    process.on(signal, handle);
  };
  on('SIGINT', EXIT.interrupted);
  on('SIGTERM', EXIT.terminated);
  // The terminal was closed.
  on('SIGHUP', EXIT.hungUp);
  const end = (): AbortSignal => (waiting ??= new AbortController()).signal;
  return { state, interrupted, end, endure: () => (endures = true) };
}

/** The signal, as if it had no handler. */
function again(signal: NodeJS.Signals, handle: () => void): void {
  process.off(signal, handle);
  process.kill(process.pid, signal);
}

/** Output waits to be printed, and has for a while. */
function whenStuck(then: () => void): void {
  let waiting = 0;
  let looks = 0;
  const timer = setInterval(() => {
    const now = process.stdout.writableLength + process.stderr.writableLength;
    looks = now > 0 && now === waiting ? looks + 1 : 0;
    waiting = now;
    if (looks < LOOKS) return;
    clearInterval(timer);
    then();
  }, LOOK).unref();
}

/** Opened when it is read: the error of a stream without a reader would end the process. */
async function* chunks(open: () => AsyncIterable<unknown>, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of open()) yield chunk as Uint8Array;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Destroyed by a signal: what came so far is the input.
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR') return;
    if (!isSystemError(error)) throw error;
    throw new UsageError(`${name}: can't be read: ${reasonOf(error)}`);
  }
}
