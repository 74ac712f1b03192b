import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { EXIT, UsageError } from './exit.js';
import type { Io } from './io.js';
import { StreamOutput } from './output.js';

/** The Io of the real process. Signals end it cleanly: the first is told to the command, the second kills. */
export function processIo(): Io {
  const controller = new AbortController();
  const on = (signal: NodeJS.Signals, code: number): void => {
    process.once(signal, () => {
      controller.abort(code);
      process.stdin.destroy();
    });
  };
  on('SIGINT', EXIT.interrupted);
  on('SIGTERM', EXIT.terminated);
  return {
    get stdin() {
      return Object.assign(chunks(process.stdin, 'stdin'), { isTTY: process.stdin.isTTY === true });
    },
    stdout: new StreamOutput(process.stdout),
    stderr: new StreamOutput(process.stderr),
    env: process.env,
    interrupted: controller.signal,
    now: () => Date.now() / 1000,
    random: (length) => new Uint8Array(randomBytes(length)),
    readFile: (path) => chunks(createReadStream(path), path),
    fileExists: existsSync,
  };
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
};

async function* chunks(stream: AsyncIterable<unknown>, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Destroyed by a signal: what came so far is the input.
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR') return;
    throw new UsageError(`${name}: can't be read: ${REASONS[code ?? ''] ?? message}`);
  }
}
