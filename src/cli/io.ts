/** Where a command writes. `write` resolves when more may be written (back-pressure). */
export interface Output {
  readonly isTTY: boolean;
  /** Columns of the terminal; undefined when it is none. */
  readonly columns?: number | undefined;
  /** The reader went away (EPIPE): whatever is written from now on is dropped. */
  readonly closed: boolean;
  write(data: string | Uint8Array): Promise<void> | void;
}

/** All that a command may touch of the outside. `cli/main.ts` makes the real one, tests make their own. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires on SIGINT (reason 130) and SIGTERM (reason 143). */
  readonly interrupted: AbortSignal;
  /** Seconds since the epoch. */
  now(): number;
  /** `length` bytes from a cryptographic source. */
  random(length: number): Uint8Array;
  /** Bytes of a file as chunks; throws a UsageError naming the path when it can't be read. */
  readFile(path: string): AsyncIterable<Uint8Array>;
  fileExists(path: string): boolean;
}
