import { constants, createGzip, deflateRawSync, gzipSync, inflateRawSync, type Gzip } from 'node:zlib';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/codec/bytes/crc32.js';
import { DamagedInput } from '../../src/cli/input/damaged-input.js';
import { unpacked } from '../../src/cli/input/unpacked.js';
import type { UnpackOptions } from '../../src/cli/input/packed-input.js';
import { liveBuffers } from '../live-buffers.js';
import { bytes } from './binary.js';
import { noise } from './safely.js';

const TEXT = Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(20));
const GZ = gzipSync(TEXT);
/** Where the data begin, and the trailer from the end. */
const HEADER = 10;
const TRAILER = 8;
/** An end within the data is no error. */
const SOFTLY = { finishFlush: constants.Z_SYNC_FLUSH };

interface Result {
  readonly out: Buffer;
  readonly chunks: readonly Uint8Array[];
  readonly notices: readonly string[];
  /** The message of a DamagedInput. */
  readonly damage?: string;
  readonly offset?: number;
}

async function unpack(input: Iterable<Uint8Array>, options: UnpackOptions = {}): Promise<Result> {
  const chunks: Uint8Array[] = [];
  const notices: string[] = [];
  const result = (): Result => ({ out: Buffer.concat(chunks), chunks, notices });
  try {
    for await (const chunk of unpacked(input, { notice: (message) => notices.push(message), ...options })) {
      chunks.push(chunk);
    }
    return result();
  } catch (error) {
    if (!(error instanceof DamagedInput)) throw error;
    return { ...result(), damage: error.message, offset: error.offset };
  }
}

function* split(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

/** Whole, byte by byte, and in sizes between; the result has to be the same. */
async function inAllSizes(whole: Uint8Array, options: UnpackOptions = {}): Promise<Result> {
  const result = await unpack([whole], options);
  for (const size of [1, 2, 3, 7, 64]) {
    const { out, notices, damage } = await unpack(split(whole, size), options);
    expect({ size, out, notices, damage }).toEqual({
      size,
      out: result.out,
      notices: result.notices,
      damage: result.damage,
    });
  }
  return result;
}

/** A member with all that a header may have. */
function member(content: Uint8Array, flags: number, fields: string): Buffer {
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeUInt32LE(crc32(content));
  trailer.writeUInt32LE(content.length, 4);
  const head = Buffer.concat([bytes('1f8b08'), Buffer.from([flags]), bytes('78563412 02 03'), bytes(fields)]);
  return Buffer.concat([head, deflateRawSync(content), trailer]);
}

/** What the packed data give as far as they are good, and how far that is: by trying. */
function goodPart(data: Uint8Array): { out: Buffer; good: number } {
  let out = Buffer.alloc(0);
  for (let good = 1; good <= data.length; good++) {
    try {
      out = inflateRawSync(data.subarray(0, good), SOFTLY);
    } catch {
      return { out, good: good - 1 };
    }
  }
  return { out, good: data.length };
}

describe('what is no gzip data passes as it is', () => {
  it.each([
    ['nothing', ''],
    ['one byte', '81'],
    ['frames', '810548656c6c6f'],
    ['the first byte of gzip', '1f'],
    ['two bytes of gzip', '1f8b'],
    ['another method', '1f8b07'],
    ['a byte that gzip has too, then others', '1f00'],
    ['pcap', 'd4c3b2a1020004000000000000000000ffff000001000000'],
  ])('%s', async (_, hex) => {
    const whole = bytes(hex);
    expect(await inAllSizes(whole)).toMatchObject({ out: whole, notices: [] });
  });

  it('chunk by chunk, without a copy', async () => {
    const chunks = [bytes('81'), bytes(''), bytes('05'), bytes('1f8b08')];
    const { chunks: passed } = await unpack(chunks);
    expect(passed.map(({ length }) => length)).toEqual([1, 1, 3]);
    expect(passed[0]!.buffer).toBe(chunks[0]!.buffer);
  });

  it('at once: no byte is waited for that could not make it gzip data', async () => {
    const { source, push } = live();
    const chunks = unpacked(source);
    push(bytes('81'));
    expect((await chunks.next()).value).toEqual(bytes('81'));
    await leave(chunks, push);
  });
});

describe('gzip data', () => {
  const EXTRA = '0400 41420000';
  it.each([
    ['as gzip makes them', GZ],
    ['stored', gzipSync(TEXT, { level: 0 })],
    ['of nothing', gzipSync('')],
    ['with a name', member(TEXT, 0x08, '612e7063617000')],
    ['with a comment', member(TEXT, 0x10, '686900')],
    ['with an extra field', member(TEXT, 0x04, EXTRA)],
    ['with an empty extra field', member(TEXT, 0x04, '0000')],
    ['with all of it', member(TEXT, 0x1f, `${EXTRA} 6100 00 abcd`)],
    ['with zeros behind', Buffer.concat([GZ, Buffer.alloc(1000)])],
  ])('%s', async (name, packed) => {
    const out = name === 'of nothing' ? Buffer.alloc(0) : TEXT;
    expect(await inAllSizes(packed)).toEqual({ out, notices: [], chunks: expect.anything() as unknown });
  });

  it.each([
    ['two', [TEXT, Buffer.from('more')]],
    ['empty ones between', [Buffer.alloc(0), TEXT, Buffer.alloc(0), Buffer.alloc(0), TEXT]],
    ['many', Array.from({ length: 50 }, (_, i) => Buffer.from(`member ${i}\n`))],
  ])('several members: %s', async (_, contents) => {
    const packed = Buffer.concat(contents.map((content) => gzipSync(content)));
    expect(await inAllSizes(packed)).toMatchObject({ out: Buffer.concat(contents), notices: [] });
  });

  it('of much, whatever the chunks', async () => {
    const content = Buffer.concat([noise(300_000, 1), Buffer.alloc(2_000_000, 'abc'), noise(1_500_000, 2)]);
    const packed = Buffer.concat([gzipSync(content), gzipSync(content, { level: 1 })]);
    for (const size of [999, 65_536, Infinity]) {
      const { out } = await unpack(split(packed, size));
      expect(out.equals(Buffer.concat([content, content]))).toBe(true);
    }
  });

  it('twice packed', async () => {
    expect(await inAllSizes(gzipSync(GZ))).toMatchObject({ out: TEXT });
  });

  it('more often packed: left as they are below that', async () => {
    expect(await inAllSizes(gzipSync(gzipSync(GZ)))).toMatchObject({ out: GZ });
  });
});

describe('after the last member', () => {
  it.each([
    ['garbage', 'garbage', 0],
    ['a byte', 'x', 0],
    ['zeros, then garbage', '\0\0\0x', 3],
    ['zeros, then a member', `\0\0${GZ.toString('latin1')}`, 2],
    ['the first byte of a member, then another', '\x1fx', 0],
  ])('%s: ignored, and reported', async (_, behind, zeros) => {
    expect(await inAllSizes(Buffer.concat([GZ, Buffer.from(behind, 'latin1')]))).toMatchObject({
      out: TEXT,
      notices: [`trailing garbage after the gzip data ignored, from offset ${GZ.length + zeros}`],
    });
  });

  it('much of it is not read', async () => {
    let given = 0;
    const endless = function* (): Generator<Uint8Array> {
      yield GZ;
      for (; ; given++) yield Buffer.alloc(1000, 'x');
    };
    expect((await unpack(endless())).out).toEqual(TEXT);
    expect(given).toBe(0);
  });
});

describe('cut off', () => {
  const full = member(TEXT, 0x1f, '0200 4142 6100 6200 abcd');
  it.each([
    ['a member', full, full.length - deflateRawSync(TEXT).length - TRAILER],
    ['a stored one', gzipSync(TEXT.subarray(0, 60), { level: 0 }), HEADER],
  ])('%s, everywhere', async (_, packed, header) => {
    for (let length = 3; length < packed.length; length++) {
      const out = length <= header ? Buffer.alloc(0) : inflateRawSync(packed.subarray(header, length), SOFTLY);
      const cut = packed.subarray(0, length);
      for (const size of [1, 5, Infinity]) {
        const damage = `gzip data cut off at offset ${length}`;
        expect(await unpack(split(cut, size))).toMatchObject({ out, damage, offset: length, notices: [] });
      }
    }
  });

  it('in the second member, everywhere', async () => {
    for (let length = 1; length < GZ.length; length++) {
      const { out, damage } = await unpack(split(Buffer.concat([GZ, GZ.subarray(0, length)]), 9));
      expect(damage).toBe(`gzip data cut off at offset ${GZ.length + length}`);
      expect(out.subarray(0, TEXT.length).equals(TEXT)).toBe(true);
      expect(out.length).toBeLessThanOrEqual(2 * TEXT.length);
    }
  });

  it('twice packed: the outer data are what is cut off', async () => {
    const packed = gzipSync(gzipSync(noise(1000, 3)));
    const { out, damage } = await unpack([packed.subarray(0, 800)]);
    expect(damage).toBe('gzip data cut off at offset 800');
    expect(out.length).toBeGreaterThan(700);
  });
});

describe('damaged', () => {
  const changed = (at: number, to?: number): Buffer => {
    const copy = Buffer.from(GZ);
    const index = at < 0 ? GZ.length + at : at;
    copy[index] = to ?? copy[index]! ^ 0xff;
    return copy;
  };
  it.each([
    ['checksum', changed(-8), GZ.length - 8, 'incorrect data check'],
    ['checksum, at its end', changed(-5), GZ.length - 8, 'incorrect data check'],
    ['length', changed(-1), GZ.length - 4, 'incorrect length check'],
  ])('%s: all of the data come first', async (_, packed, offset, reason) => {
    const damage = `damaged gzip data at offset ${offset}: ${reason}`;
    expect(await inAllSizes(packed)).toMatchObject({ out: TEXT, damage, offset });
    const second = Buffer.concat([GZ, packed, GZ]);
    expect(await inAllSizes(second)).toMatchObject({
      out: Buffer.concat([TEXT, TEXT]),
      damage: `damaged gzip data at offset ${GZ.length + offset}: ${reason}`,
    });
  });

  it.each([
    ['flags that nobody knows', changed(3, 0x20), 3, 'unknown header flags set'],
    ['a method that nobody knows', Buffer.concat([GZ, bytes('1f8b07')]), GZ.length + 2, 'unknown compression method'],
  ])('header: %s', async (_, packed, offset, reason) => {
    expect(await inAllSizes(packed)).toMatchObject({ damage: `damaged gzip data at offset ${offset}: ${reason}` });
  });

  it('data, everywhere: what comes before it is given, and its exact place', async () => {
    const content = Buffer.from(Array.from({ length: 150 }, (_, i) => `${(i * 7919) % 1000} fox`).join());
    const packed = gzipSync(content);
    const seen = new Set<string>();
    for (let at = HEADER; at < packed.length - TRAILER; at++) {
      const broken = Buffer.from(packed);
      broken[at]! ^= 1 << (at % 8);
      const { out, good } = goodPart(broken.subarray(HEADER));
      const result = await unpack([broken]);
      seen.add(result.damage?.replace(/.*: | at offset.*/g, '') ?? `unharmed at ${at}`);
      // Bits that have no meaning; damage that only the trailer shows, or that hides the end of the data; the others.
      if (result.damage === undefined) expect(result.out).toEqual(content);
      else if (good === broken.length - HEADER) expect(result.damage).toMatch(/check$|cut off/);
      else expect(result).toMatchObject({ out, offset: HEADER + good });
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  it('inner data, twice packed', async () => {
    expect(await inAllSizes(gzipSync(changed(-8)))).toMatchObject({
      out: TEXT,
      damage: `damaged inner gzip data at offset ${GZ.length - 8}: incorrect data check`,
    });
  });

  describe('after more than is kept', () => {
    const content = Buffer.concat([noise(1_500_000, 4), Buffer.alloc(200_000, 'abc'), noise(1_000_000, 5)]);
    const before = gzipSync('before');
    const packed = Buffer.concat([before, gzipSync(content)]);
    packed.fill(0xff, 1_600_000, 1_700_000);
    // Noise is stored: the lengths of the blocks show the place of the damage.
    const data = packed.subarray(before.length + HEADER);
    const exact = (): { out: Buffer; good: number } => {
      const around = 1_600_000 - before.length - HEADER;
      let [low, high] = [around - 100_000, around + 100_000];
      let out = Buffer.alloc(0);
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        try {
          out = inflateRawSync(data.subarray(0, middle), SOFTLY);
          low = middle;
        } catch {
          high = middle;
        }
      }
      return { out, good: low };
    };

    it('its exact place where the input can be had again', async () => {
      const { out, good } = exact();
      const result = await unpack(split(packed, 65_536), { again: () => split(packed, 10_000) });
      expect(result.offset).toBe(before.length + HEADER + good);
      expect(result.out.equals(Buffer.concat([Buffer.from('before'), out]))).toBe(true);
    });

    it.each([
      ['it can not', {}],
      ['it is not the same any more', { again: () => split(packed.subarray(0, 1_500_000), 10_000) }],
    ])('about its place where %s', async (_, options) => {
      const { out, good } = exact();
      const result = await unpack(split(packed, 65_536), options);
      const whole = Buffer.concat([Buffer.from('before'), out]);
      expect(whole.subarray(0, result.out.length).equals(result.out)).toBe(true);
      expect(whole.length - result.out.length).toBeLessThan(65_536);
      const end = before.length + HEADER + good;
      expect(result.offset).toBeLessThanOrEqual(end);
      expect(result.offset).toBeGreaterThan(end - 66_000);
    });
  });
});

describe('as it comes', () => {
  it('what was flushed is given out before more is there', async () => {
    const gzip = createGzip();
    const { source, push } = live();
    const chunks = unpacked(source);
    for (const line of ['one\n', 'two\n', 'three\n']) {
      gzip.write(line);
      await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
      push(Buffer.concat([...taken(gzip)]));
      expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe(line);
    }
    gzip.end();
    gzip.resume();
    await once(gzip, 'end');
    await leave(chunks, push);
  });

  it('no more is read than is requested', async () => {
    let given = 0;
    const packed = gzipSync(Buffer.alloc(100e6), { level: 9 });
    const source = function* (): Generator<Uint8Array> {
      for (const piece of split(packed, 1000)) {
        given++;
        yield piece;
      }
    };
    const chunks = unpacked(source());
    for (let i = 0; i < 5; i++) await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBe(1);
    await chunks.return(undefined);
  });

  it.each([
    ['packed once', gzipSync(Buffer.alloc(100e6))],
    ['packed twice', gzipSync(gzipSync(Buffer.alloc(100e6)))],
  ])('a bomb is read up to 16 MiB and 100 times its size, in little memory: %s', async (_, packed) => {
    const before = liveBuffers();
    let [most, length, looked] = [0, 0, 0];
    const read = async (): Promise<void> => {
      for await (const chunk of unpacked([packed])) {
        length += chunk.length;
        if (length < 4e6 * (looked + 1)) continue;
        looked++;
        most = Math.max(most, liveBuffers() - before);
      }
    };
    await expect(read()).rejects.toThrow(/^the gzip data came to more than 100 times their size: .*gzip -dc FILE/);
    expect(length).toBeLessThanOrEqual(16 * 2 ** 20 + 100 * packed.length);
    expect(length).toBeGreaterThan(16 * 2 ** 20 - 65_536);
    expect(looked).toBeGreaterThan(3);
    expect(most).toBeLessThan(4e6);
  });

  it('small members cost no stream each', async () => {
    let streams = 0;
    const zlib = process.getBuiltinModule('node:zlib');
    const before = Object.getOwnPropertyDescriptor(zlib, 'createInflateRaw')!;
    const counted = (): never => expect.unreachable(`stream ${++streams}`);
    Object.defineProperty(zlib, 'createInflateRaw', { ...before, value: counted });
    try {
      const members = Array.from({ length: 500 }, (_, i) => gzipSync(Buffer.alloc(i % 3, 'x')));
      const { out, damage } = await unpack([Buffer.concat(members)]);
      expect({ out: out.length, damage, streams }).toEqual({ out: 499, damage: undefined, streams: 0 });
    } finally {
      Object.defineProperty(zlib, 'createInflateRaw', before);
    }
  });

  it.each([
    ['gzip data', gzipSync(noise(500_000, 6))],
    ['twice packed data', gzipSync(gzipSync(noise(500_000, 6)))],
    ['other data', noise(500_000, 7)],
  ])('%s, left early: the source is closed', async (_, whole) => {
    for (const after of [1, 2, 3]) {
      let closed = 0;
      const source = function* (): Generator<Uint8Array> {
        try {
          yield* split(whole, 70_000);
        } finally {
          closed++;
        }
      };
      let seen = 0;
      for await (const chunk of unpacked(source())) if (chunk.length > 0 && ++seen === after) break;
      expect(closed).toBe(1);
    }
    // An error that is not waited for any more would come now.
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it.each([
    ['gzip data', GZ],
    ['other data', TEXT],
  ])('%s: the error of the source comes after its data', async (_, whole) => {
    const source = function* (): Generator<Uint8Array> {
      yield whole.subarray(0, 60);
      throw new Error('disk on fire');
    };
    const out: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of unpacked(source())) out.push(chunk);
    })();
    await expect(reading).rejects.toThrow('disk on fire');
    expect(Buffer.concat(out).length).toBeGreaterThan(40);
  });

  it('reads a file that begins like gzip data only when it is asked', () => {
    let begun = false;
    const source = function* (): Generator<Uint8Array> {
      begun = true;
      yield GZ;
    };
    unpacked(source());
    expect(begun).toBe(false);
  });
});

/** All that a stream has to give now: one piece, or more by the version of Node. */
function* taken(stream: Gzip): Generator<Uint8Array> {
  for (let piece; (piece = stream.read() as Uint8Array | null) !== null;) yield piece;
}

/** A source that gives what is pushed, and ends with an empty push. */
function live(): { source: AsyncIterable<Uint8Array>; push: (chunk?: Uint8Array) => void } {
  const queue: (Uint8Array | undefined)[] = [];
  let wake = (): void => undefined;
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const chunk = queue.shift();
      if (chunk === undefined) return;
      yield chunk;
    }
  };
  const push = (chunk?: Uint8Array): void => {
    queue.push(chunk);
    wake();
  };
  return { source: source(), push };
}

async function leave(chunks: AsyncGenerator<Uint8Array>, push: () => void): Promise<void> {
  push();
  await chunks.return(undefined);
}
