import { run, type AcceptCommandOptions } from '../../src/cli/commands/accept.js';
import { UsageError } from '../../src/cli/host/exit.js';
import type { Io, Output } from '../../src/cli/host/io.js';

export interface World {
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** The UsageError's message, and its column where it has one. */
  readonly error?: string;
  readonly column?: number;
}

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data;

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let i = 0; i < bytes.length; i += 4096) yield bytes.subarray(i, i + 4096);
}

/** `accept` in a world of the test's making. */
export async function accept(
  key: string | undefined,
  options: AcceptCommandOptions = {},
  world: World = {},
): Promise<Ran> {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err', isTTY: boolean): Output => ({
    isTTY,
    columns: isTTY ? (world.columns ?? 80) : undefined,
    closed: false,
    write: (data) => {
      written[name] += typeof data === 'string' ? data : Buffer.from(data).toString();
    },
    payload: (data) => {
      written[name] += Buffer.from(data).toString();
    },
  });
  const { stdin = '' } = world;
  const source = typeof stdin === 'string' || stdin instanceof Uint8Array ? chunked(bytesOf(stdin)) : stdin;
  const io: Io = {
    stdin: Object.assign(source, { isTTY: false }),
    stdout: output('out', world.tty === true),
    stderr: output('err', false),
    env: world.env ?? {},
    interrupted: new AbortController().signal,
    untilInterrupted: () => new Promise(() => undefined),
    pid: 1,
    now: () => 0,
    random: (length) => Uint8Array.from({ length }, (_, i) => i + 1),
    readFile: (path) => {
      const file = world.files?.[path];
      if (file === undefined) throw new UsageError(`${path}: can't be read: no such file`);
      return chunked(bytesOf(file));
    },
    fileExists: (path) => world.files?.[path] !== undefined,
    fileSize: (path) => world.files?.[path]?.length,
  };
  try {
    return { exit: await run(io, key, options), ...written };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { column } = error.place;
    return { exit: 2, ...written, error: error.message, ...(column !== undefined && { column }) };
  }
}
