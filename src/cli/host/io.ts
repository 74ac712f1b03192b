import type { Printable, PrintableBytes } from '../../describe/printable.js';

/** Where a command writes. `write` resolves when more may be written (back-pressure). */
export interface Output {
  readonly isTTY: boolean;
  /** Columns of the terminal; undefined when it is none. */
  readonly columns?: number | undefined;
  /** Its lines. */
  readonly rows?: number | undefined;
  /** The reader has closed (EPIPE): whatever is written from now on is dropped. */
  readonly closed: boolean;
  /** Text that has been escaped: nothing of a peer or a file reaches a terminal as it came. */
  write(data: Printable | PrintableBytes): Promise<void> | void;
  /** Text that was requested as it is, byte by byte: payloads for a pipe, frames in binary. The linter limits its callers. */
  payload(data: Uint8Array): Promise<void> | void;
}

/** The terminal of a user who types. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown };
  /** Where typed text is shown: stderr, since stdout has the result. */
  readonly output: NodeJS.WritableStream;
}

/** Whether a signal requested the end, and its exit code (130 or 143). */
export interface Interruption {
  readonly aborted: boolean;
  readonly reason: number;
}

/** A regular file that is held open: its bytes are there even when it has another name, or none. */
export interface OpenFile {
  /** Reads bytes from the place `at` on; gives their number, which is lower where the file is shorter. Throws the system's error. */
  read(target: Uint8Array, at: number): number;
  close(): void;
}

/** All that a command may use of the outside. `cli/main.ts` makes the real one, tests make their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & {
    readonly isTTY: boolean;
    /** Reading ends: otherwise an open stdin keeps the process running. */
    close?(): void;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  /** For a prompt. */
  terminal?(): Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** SIGINT or SIGTERM came. */
  readonly interrupted: Interruption;
  /** Resolves when one of them comes. */
  untilInterrupted(): Promise<void>;
  /** From now on a signal does not kill, however often it comes: another program has the terminal. */
  endures?(): void;
  /** Of the process. */
  readonly pid: number;
  /** Seconds since the epoch. */
  now(): number;
  /** `length` bytes from a cryptographic source. */
  random(length: number): Uint8Array;
  /** Bytes of a file as chunks; throws a UsageError naming the path when it can't be read. */
  readFile(path: string): AsyncIterable<Uint8Array>;
  fileExists(path: string): boolean;
  /** Why a file can't be read, as far as that is known before it is opened; undefined: it can. */
  unreadable?(path: string): string | undefined;
  /** A regular file as a whole, if it has at most `most` bytes; undefined for anything else. */
  smallFile?(path: string, most: number): Uint8Array | undefined;
  /** Bytes of a regular file; undefined for anything else. */
  fileSize(path: string): number | undefined;
  /** A regular file, to be read anywhere; undefined for anything else, and where the system refuses. */
  openFile?(path: string): OpenFile | undefined;
}
