import { run } from '../../src/cli/commands/decode.js';
import { isUsageError, type UsageError } from '../../src/cli/host/exit.js';
import type { Io, Output } from '../../src/cli/host/io.js';
import type { DecodeOptions } from '../../src/cli/options/options.js';

/** What one call of `decode` is given. */
export interface Call {
  /** By name, each as the chunks that it is read in. A name that is `-` is stdin. */
  readonly files: readonly { readonly name: string; readonly chunks: readonly Uint8Array[] }[];
  readonly options: DecodeOptions;
  readonly columns?: number;
  /** A signal comes before that number of chunks was read. */
  readonly interruptedAt?: number;
  /** The reader of stdout goes away after that number of writes. */
  readonly closedAt?: number;
  /** Called for each write to stdout. */
  readonly written?: (data: string | Uint8Array) => void;
}

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly error?: UsageError;
}

/** Text as it was written, and whether it was UTF-8 at all. */
class Written implements Output {
  closed = false;
  private readonly pieces: Uint8Array[] = [];

  constructor(
    readonly columns: number | undefined,
    private readonly closedAt = Infinity,
    private readonly told: Call['written'] = undefined,
  ) {}

  get isTTY(): boolean {
    return this.columns !== undefined;
  }

  write(data: string | Uint8Array): void {
    if (this.closed) return;
    this.told?.(data);
    this.pieces.push(typeof data === 'string' ? Buffer.from(data) : data.slice());
    this.closed = this.pieces.length >= this.closedAt;
  }

  payload(data: Uint8Array): void {
    this.write(data);
  }

  text(): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(this.pieces));
  }
}

/** `decode` in a world of the fuzzer's making. It throws what is no UsageError. */
export async function decode(call: Call): Promise<Ran> {
  const stdout = new Written(call.columns, call.closedAt, call.written);
  const stderr = new Written(undefined);
  const io = ioOf(call, stdout, stderr);
  const options = { ...call.options, file: call.files.map(({ name }) => name) };
  let ended: { exit: number; error?: UsageError };
  try {
    ended = { exit: await run(io, [], options) };
  } catch (error) {
    if (!isUsageError(error)) throw error;
    ended = { exit: 2, error };
  }
  return { ...ended, out: stdout.text(), err: stderr.text() };
}

function ioOf({ files, interruptedAt = Infinity }: Call, stdout: Output, stderr: Output): Io {
  let read = 0;
  const chunksOf = async function* (name: string): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (const chunk of files.find((file) => file.name === name)!.chunks) {
      read++;
      yield chunk;
    }
  };
  return {
    stdin: Object.assign(chunksOf('-'), { isTTY: false }),
    stdout,
    stderr,
    env: {},
    interrupted: {
      get aborted() {
        return read > interruptedAt;
      },
      reason: 130,
    },
    untilInterrupted: () => new Promise(() => undefined),
    pid: 1,
    now: () => 0,
    random: (length) => new Uint8Array(length),
    readFile: chunksOf,
    fileExists: () => true,
    fileSize: (name) => files.find((file) => file.name === name)!.chunks.reduce((sum, { length }) => sum + length, 0),
  };
}
