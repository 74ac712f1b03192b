import { describe, expect, it } from 'vitest';
import { concat } from '../../../src/codec/bytes/byte-collector.js';
import { http2ErrorName, http2SettingName } from '../../../src/codec/http2/http2-codes.js';
import { http2Fields } from '../../../src/codec/http2/http2-fields.js';
import {
  HTTP2_FLAG,
  HTTP2_TYPE,
  http2Frame,
  isLikelyHttp2,
  readHttp2Header,
} from '../../../src/codec/http2/http2-frame.js';
import { Http2FrameReader } from '../../../src/codec/http2/http2-frame-reader.js';
import { Http2Search } from '../../../src/codec/http2/http2-search.js';
import fc from '../../fc.js';
import { CONNECT, Http2End } from './http2-bytes.js';

const end = new Http2End();
const data = (length: number, stream = 1): Uint8Array => end.data(stream, new Uint8Array(length).fill(0x61));

describe('http2Fields', () => {
  it('explains every byte of any frame once', () => {
    const frame = fc.tuple(
      fc.integer({ min: 0, max: 20 }),
      fc.nat(255),
      fc.nat(1000),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(frame, fc.nat(1000), ([type, flags, stream, payload], offset) => {
        const bytes = http2Frame({ type, flags, stream }, payload);
        let at = offset;
        for (const { name, span } of http2Fields(bytes, offset)) {
          // A bit of its own before the number of a stream.
          if (span.mask === 0x80) continue;
          expect([name, span.start]).toEqual([name, at]);
          at = span.end;
        }
        expect(at).toBe(offset + bytes.length);
      }),
    );
  });

  it('names what is in the payload', () => {
    const names = (frame: Uint8Array): string[] => http2Fields(frame).map(({ name, value }) => `${name} ${value}`);
    const head = (length: number, type: number, flags: number, stream: number): string[] => [
      `length ${length}`,
      `type ${type}`,
      `flags ${flags}`,
      'reserved 0',
      `stream ${stream}`,
    ];
    expect(names(end.padded(3, Uint8Array.of(0x61, 0x62), 1))).toEqual([
      ...head(4, 0, 8, 3),
      'pad length 1',
      'data ab',
      'padding \0',
    ]);
    expect(names(end.settings([8, 1]))).toEqual([...head(6, 4, 0, 0), 'setting 8', 'ENABLE_CONNECT_PROTOCOL 1']);
    expect(names(end.reset(5, 8))).toEqual([...head(4, 3, 0, 5), 'error code 8']);
    expect(names(end.goaway(5, 2, 'x'))).toEqual([
      ...head(9, 7, 0, 0),
      'reserved 0',
      'last stream 5',
      'error code 2',
      'debug data x',
    ]);
    expect([http2ErrorName(8), http2ErrorName(99), http2SettingName(8), http2SettingName(99)]).toEqual([
      'CANCEL',
      '0x63',
      'ENABLE_CONNECT_PROTOCOL',
      '0x63',
    ]);
  });
});

/** What a reader gives: contents of DATA by stream, the other frames, and what is missing. */
function read(pieces: readonly (Uint8Array | number)[]): { told: string[]; isKnown: boolean } {
  const told: string[] = [];
  const contents = new Map<number, number>();
  let isKnown = true;
  const reader = new Http2FrameReader(0);
  const taker = {
    data: ({ stream }: { stream: number }, _bytes: Uint8Array, start: number, stop: number) =>
      void contents.set(stream, (contents.get(stream) ?? 0) + stop - start),
    dataEnd: ({ stream, length }: { stream: number; length: number }) => void told.push(`data ${stream} ${length}`),
    dataGap: ({ stream }: { stream: number }, length: number) => void told.push(`gap ${stream} ${length}`),
    frame: ({ type }: { type: number }, payload: Uint8Array, offset: number) =>
      void told.push(`${type} ${payload.length} at ${offset}`),
    lostFrame: ({ type }: { type: number }, why: string) => void told.push(`${type} ${why}`),
  };
  for (const piece of pieces) {
    if (typeof piece === 'number') isKnown = reader.gap(piece, NaN, taker);
    else reader.read(piece, 0, piece.length, NaN, taker);
  }
  return { told: [...told, ...[...contents].map(([stream, length]) => `content ${stream} ${length}`)], isKnown };
}

describe('Http2FrameReader', () => {
  const all = concat([
    end.settings([8, 1]),
    end.headers(1, CONNECT, { parts: 3 }),
    data(40),
    end.padded(1, new Uint8Array(20), 30),
    end.padded(3, new Uint8Array(0), 0),
    http2Frame({ type: 0x77, stream: 9 }, new Uint8Array(50)),
    http2Frame({ type: HTTP2_TYPE.data, stream: 5, flags: HTTP2_FLAG.padded }, [200, 1, 2]),
    end.reset(1, 8),
  ]);

  it('gives the same, however the bytes are cut', () => {
    const whole = read([all]);
    expect(whole.told).toContain('content 1 60');
    fc.assert(
      fc.property(fc.array(fc.nat(all.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), all.length];
        expect(read(places.slice(1).map((to, i) => all.subarray(places[i], to)))).toEqual(whole);
      }),
    );
  });

  it.each<[string, (Uint8Array | number)[], string[], boolean]>([
    [
      'within DATA',
      [data(40).subarray(0, 19), 5, data(40).subarray(24)],
      ['gap 1 5', 'data 1 40', 'content 1 35'],
      true,
    ],
    ['up to the end of DATA', [data(40).subarray(0, 19), 30], ['gap 1 30', 'data 1 40', 'content 1 10'], true],
    ['beyond DATA', [data(40).subarray(0, 19), 31], ['content 1 10'], false],
    ['in a header', [data(40).subarray(0, 5), 2], [], false],
    ['in SETTINGS', [end.settings([8, 1]).subarray(0, 10), 5], ['4 gap'], true],
    [
      'with the length of the padding',
      [end.padded(1, data(5), 4).subarray(0, 9), 3, new Uint8Array(16)],
      ['gap 1 18', 'data 1 19'],
      true,
    ],
  ])('knows what a hole %s costs', (_, pieces, told, isKnown) => {
    expect(read(pieces)).toEqual({ told, isKnown });
  });
});

describe('Http2Search', () => {
  const search = (...pieces: Uint8Array[]): number | undefined => {
    const found = new Http2Search((stream) => stream === 1);
    for (const piece of pieces) if (found.push(piece, 0, piece.length, NaN)) return found.passed;
    return found.end() === undefined ? undefined : found.passed;
  };

  it('finds frames by a chain of them', () => {
    const torn = data(50).subarray(20);
    expect(search(concat([torn, data(10), data(20), data(30)]))).toBe(torn.length);
    expect(search(torn, data(10).subarray(0, 4), concat([data(10).subarray(4), data(9)]))).toBe(torn.length);
  });

  it('finds nothing in random bytes, zeros, text, or a single header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(search(bytes)).toBeUndefined();
      }),
    );
    expect(search(new Uint8Array(100_000))).toBeUndefined();
    expect(search(new Uint8Array(100_000).fill(0x20))).toBeUndefined();
    expect(search(concat([data(50).subarray(20), data(30), new Uint8Array(7).fill(0xff)]))).toBeUndefined();
  });

  it('holds no more than some frames', () => {
    const found = new Http2Search(() => false);
    const noise = new Uint8Array(10_000).fill(0xff);
    for (let i = 0; i < 100; i++) expect(found.push(noise, 0, noise.length, NaN)).toBeUndefined();
    expect(found.passed).toBeGreaterThan(800_000);
  });

  it('takes only headers as their types have them', () => {
    const likely = (header: Parameters<typeof http2Frame>[0], length: number): boolean =>
      isLikelyHttp2(readHttp2Header(http2Frame(header, new Uint8Array(length)), 0), 16_384);
    expect(likely({ type: 0, stream: 1 }, 5)).toBe(true);
    expect(likely({ type: 0, stream: 0 }, 5)).toBe(false);
    expect(likely({ type: 0, stream: 1, flags: 2 }, 5)).toBe(false);
    expect(likely({ type: 4 }, 6)).toBe(true);
    expect(likely({ type: 4, stream: 1 }, 6)).toBe(false);
    expect(likely({ type: 4 }, 7)).toBe(false);
    expect(likely({ type: 6 }, 8)).toBe(true);
    expect(likely({ type: 99 }, 8)).toBe(false);
  });
});
