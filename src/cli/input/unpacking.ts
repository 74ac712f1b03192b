import type * as zlib from 'node:zlib';
import { builtin } from '../entries/builtin.js';
import { crc32Of } from './crc32.js';
import { DamagedInput } from './damaged-input.js';
import { inflatedAtOnce, Inflation } from './inflation.js';
import { MAGIC, PackedInput, type UnpackOptions } from './packed-input.js';
import { concat } from '../../traffic/toolbox/bytes.js';

/** A member whose packed data is no longer than this is read at once. */
const SMALL = 256;
/** Packed data of a member that is kept for a second reading when it is damaged, up to this length. */
const KEPT = 1024 * 1024;

/** The first packed data of a member that were fed to its inflation, within the limit. */
class PackedHistory {
  pieces: Uint8Array[] | undefined = [];
  private length = 0;

  add(piece: Uint8Array): void {
    this.length += piece.length;
    if (this.length > KEPT) this.pieces = undefined;
    this.pieces?.push(piece);
  }
}

/** Up to the damage: packed bytes that are valid, and their output that was not passed on yet. */
interface Found {
  readonly good: number;
  readonly rest: Uint8Array[];
}

/** gzip data (RFC 1952), unpacked as they come. */
export class Unpacking {
  private readonly zlib = builtin('node:zlib') as typeof zlib;
  private readonly crc32 = crc32Of(this.zlib);

  constructor(
    private readonly input: PackedInput,
    private readonly what: string,
    private readonly options: Pick<UnpackOptions, 'again'>,
  ) {}

  /** One member after the other, as in `gzip -dc`: zeros after the last one are padding, any other bytes garbage. */
  async *members(notice: UnpackOptions['notice']): AsyncGenerator<Uint8Array> {
    const { input } = this;
    do {
      await this.header();
      yield* this.data();
    } while (await this.another());
    while ((await input.common([0])) === 1) await this.skipZeros();
    if ((await input.rest()) === undefined) return;
    notice?.(`trailing garbage after the ${this.what} ignored, from offset ${input.offset}`);
  }

  /** A magic number that is cut off at the end counts as one. */
  private async another(): Promise<boolean> {
    const magic = MAGIC.slice(0, 2);
    const found = await this.input.common(magic);
    return found === magic.length || (found > 0 && this.input.available === found);
  }

  private async skipZeros(): Promise<void> {
    const rest = await this.input.rest();
    const end = rest!.findIndex((byte) => byte !== 0);
    this.input.take(end < 0 ? rest!.length : end);
  }

  /** RFC 1952 §2.3. The header's own checksum is not verified, as the data have a better one. */
  private async header(): Promise<void> {
    await this.bytes(2);
    if ((await this.byte()) !== 8) throw this.damaged(-1, 'unknown compression method');
    const flags = await this.byte();
    if (flags & 0xe0) throw this.damaged(-1, 'unknown header flags set');
    await this.bytes(6);
    if (flags & 0x04) await this.bytes((await this.byte()) | ((await this.byte()) << 8));
    for (const text of [0x08, 0x10]) if (flags & text) while ((await this.byte()) !== 0);
    if (flags & 0x02) await this.bytes(2);
  }

  private async *data(): AsyncGenerator<Uint8Array> {
    const { input } = this;
    const start = input.offset;
    const small = this.small();
    if (small !== undefined) {
      if (small.length > 0) yield small;
      return this.checkTrailer(this.crc32(small, 0), small.length);
    }
    const history = new PackedHistory();
    const inflation = new Inflation(this.zlib);
    let crc = 0;
    let length = 0;
    try {
      while (!inflation.complete) {
        const piece = await input.rest();
        if (piece === undefined) throw this.cutOff();
        history.add(piece);
        for await (const output of inflation.feed(piece)) {
          crc = this.crc32(output, crc);
          length += output.length;
          yield output;
        }
        input.take(start + inflation.consumed - input.offset);
      }
    } catch (error) {
      if (!isDataError(error)) throw error;
      const { good, rest } = await this.upToDamage(start, inflation.consumed, length, history);
      if (rest.length > 0) yield concat(rest);
      throw new DamagedInput(`damaged ${this.what}`, start + good, error.message);
    } finally {
      inflation.close();
    }
    await this.checkTrailer(crc, length);
  }

  /** The data of a member that is short and complete, taken; for thousands of members, a stream each would cost more than the data. */
  private small(): Uint8Array | undefined {
    const data = inflatedAtOnce(this.zlib, this.input.look(SMALL));
    if (data === undefined) return undefined;
    this.input.take(data.consumed);
    return data.output;
  }

  private async checkTrailer(crc: number, length: number): Promise<void> {
    if ((await this.u32()) !== crc) throw this.damaged(-4, 'incorrect data check');
    if ((await this.u32()) !== length % 2 ** 32) throw this.damaged(-4, 'incorrect length check');
  }

  /**
   * The output that was inflated in one call with the damage is lost with it. So the data is inflated again, the last
   * part of it byte by byte, after the `given` bytes that were passed on.
   */
  private async upToDamage(start: number, good: number, given: number, { pieces }: PackedHistory): Promise<Found> {
    const chunks = pieces ?? this.options.again?.();
    if (chunks === undefined) return { good, rest: [] };
    const input = new PackedInput(chunks);
    const inflation = new Inflation(this.zlib);
    const from = pieces === undefined ? start : 0;
    const rest: Uint8Array[] = [];
    let passed = 0;
    try {
      await skip(input, from);
      for (let piece = await input.rest(); piece !== undefined; piece = await input.rest()) {
        const length = Math.min(piece.length, Math.max(1, from + good - input.offset));
        for await (const output of inflation.feed(piece.subarray(0, length))) {
          const known = Math.min(output.length, given - passed);
          passed += known;
          if (output.length > known) rest.push(output.subarray(known));
        }
        input.take(length);
      }
      // It is no longer the same input.
      return { good, rest: [] };
    } catch (error) {
      if (!isDataError(error)) throw error;
      return { good: input.offset - from, rest };
    } finally {
      inflation.close();
      await input.close();
    }
  }

  private async u32(): Promise<number> {
    let value = 0;
    const four = this.input.atOnce(4);
    if (four !== undefined) return (four[0]! | (four[1]! << 8) | (four[2]! << 16) | (four[3]! << 24)) >>> 0;
    for (let i = 0; i < 4; i++) value += (await this.byte()) * 2 ** (8 * i);
    return value;
  }

  private async bytes(count: number): Promise<void> {
    if (this.input.atOnce(count) !== undefined) return;
    for (let i = 0; i < count; i++) await this.byte();
  }

  private async byte(): Promise<number> {
    const byte = await this.input.byte();
    if (byte === undefined) throw this.cutOff();
    return byte;
  }

  private damaged(shift: number, reason: string): DamagedInput {
    return new DamagedInput(`damaged ${this.what}`, this.input.offset + shift, reason);
  }

  private cutOff(): DamagedInput {
    return new DamagedInput(`${this.what} cut off`, this.input.offset);
  }
}

async function skip(input: PackedInput, length: number): Promise<void> {
  while (input.offset < length) {
    const piece = await input.rest();
    if (piece === undefined) return;
    input.take(Math.min(piece.length, length - input.offset));
  }
}

function isDataError(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'Z_DATA_ERROR';
}
