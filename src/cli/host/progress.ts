import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import type { Io } from './io.js';

/** Seconds before a bar appears, and between two drawings of it. */
const PATIENCE = 1;
const INTERVAL = 0.1;
const BAR_WIDTH = 24;

interface ProgressOptions {
  /** The result is printed when all has been read. */
  readonly printsAtEnd?: boolean;
}

/**
 * Passes chunks of a file or a pipe on, and after a second shows the progress on the terminal: bytes, rate, time left. Only where
 * standard error is a terminal, and standard output is none or gets nothing before the end, so that the bar is never between the
 * lines of a result.
 */
export async function* withProgress(
  io: Io,
  chunks: AsyncIterable<Uint8Array>,
  total: number | undefined,
  { printsAtEnd = false }: ProgressOptions = {},
): AsyncGenerator<Uint8Array> {
  if (!io.stderr.isTTY || (io.stdout.isTTY && !printsAtEnd)) {
    yield* chunks;
    return;
  }
  const begin = io.now();
  let drawn = begin + PATIENCE - INTERVAL;
  let done = 0;
  let shown = false;
  try {
    for await (const chunk of chunks) {
      yield chunk;
      done += chunk.length;
      const now = io.now();
      if (now - drawn < INTERVAL) continue;
      drawn = now;
      shown = true;
      void io.stderr.write(print`\r${progressLine(done, total, now - begin)}\x1b[K`);
    }
  } finally {
    if (shown) void io.stderr.write(print`\r\x1b[K`);
  }
}

/** `[######......] 25 %  50.0 MB of 200.0 MB  12.5 MB/s  12 s left`; without a total the parts that are known. */
export function progressLine(done: number, total: number | undefined, seconds: number): Printable {
  const rate = done / Math.max(seconds, 0.001);
  const speed = print`${megabytes(rate)}/s`;
  if (total === undefined || total <= 0) return print`${megabytes(done)}  ${speed}`;
  const part = Math.min(1, done / total);
  const filled = Math.round(part * BAR_WIDTH);
  const bar = print`${print`#`.repeat(filled)}${print`.`.repeat(BAR_WIDTH - filled)}`;
  const left = Math.max(0, Math.round((total - done) / Math.max(rate, 1)));
  return print`[${bar}] ${Math.floor(part * 100)} %  ${megabytes(done)} of ${megabytes(total)}  ${speed}  ${left} s left`;
}

function megabytes(bytes: number): Printable {
  return print`${escapeText((bytes / 1e6).toFixed(1))} MB`;
}
