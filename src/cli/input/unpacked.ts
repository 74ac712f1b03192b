import { DamagedInput } from './damaged-input.js';
import { counted } from './measured-chunks.js';
import { MAGIC, PackedInput, type Chunks, type UnpackOptions } from './packed-input.js';

/** A packed capture may have been packed once more in transfer. An input that is packed more often was made to cause harm. */
const LEVELS = 2;
/**
 * The largest size of unpacked data: a fixed part, and a factor for each packed byte. Captures pack to a tenth or a
 * thirtieth; a few hundred bytes that unpack to gigabytes were made to block the reader.
 */
const MOST = { least: 16 * 1024 * 1024, perByte: 100 };

/** The input as it is, or what it holds where it is gzip data (RFC 1952): as it comes, in bounded memory. */
export async function* unpacked(chunks: Chunks, options: UnpackOptions = {}): AsyncGenerator<Uint8Array> {
  let [packed, given] = [0, 0];
  const read = (length: number): void => void (packed += length);
  for await (const chunk of unpackedLevel(counted(chunks, read), options, 0)) {
    given += chunk.length;
    const most = MOST.least + MOST.perByte * packed;
    if (given > most) {
      throw new DamagedInput(
        `the gzip data came to more than ${MOST.perByte} times their size: no more of them is read (gzip -dc FILE | wsinspect decode reads all)`,
        packed,
      );
    }
    yield chunk;
  }
}

async function* unpackedLevel(chunks: Chunks, options: UnpackOptions, level: number): AsyncGenerator<Uint8Array> {
  const input = new PackedInput(chunks);
  try {
    if (level === LEVELS || (await input.common(MAGIC)) < MAGIC.length) yield* untouched(input);
    else {
      const { Unpacking } = await import('../entries/unpacking.js');
      const outer = level === 0;
      const unpacking = new Unpacking(input, outer ? 'gzip data' : 'inner gzip data', outer ? options : {});
      yield* unpackedLevel(unpacking.members(options.notice), options, level + 1);
    }
  } finally {
    await input.close();
  }
}

async function* untouched(input: PackedInput): AsyncGenerator<Uint8Array> {
  for (let rest = await input.rest(); rest !== undefined; rest = await input.rest()) {
    input.take(rest.length);
    yield rest;
  }
}
