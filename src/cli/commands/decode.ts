import { EXIT } from '../exit.js';
import { inputsOf } from '../input.js';
import type { Io } from '../io.js';
import type { DecodeOptions } from '../options.js';
import { Decoding } from '../decoding.js';

/** `decode`: everything that can be read is shown first; then the exit code says what was found. */
export async function run(io: Io, hex: readonly string[], options: DecodeOptions): Promise<number> {
  const decoding = new Decoding(io, options);
  for (const input of inputsOf(io, hex, options)) {
    await decoding.read(input);
    if (decoding.over) break;
  }
  await decoding.end();
  if (io.interrupted.aborted) return io.interrupted.reason;
  return decoding.found ? EXIT.finding : EXIT.ok;
}
