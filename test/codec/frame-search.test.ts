import { constants, deflateRawSync } from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { writeCloseBody } from '../../src/codec/messages/close.js';
import { isDeflated } from '../../src/codec/resync/evidence-deflate.js';
import { FrameReader } from '../../src/codec/frames/frame-reader.js';
import {
  FrameSearch,
  type FoundFrames,
  type SearchBudget,
  type SearchOptions,
} from '../../src/codec/resync/frame-search.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { Dice } from '../fuzz/dice.js';

const dice = new Dice(7);
const CLIENT: SearchOptions = { masked: true, deflate: false, known: true };
const SERVER: SearchOptions = { masked: false, deflate: false, known: true };
const JOINED: SearchOptions = { masked: undefined, deflate: true, known: false };

function frame(opcode: number, payload: Uint8Array, masked = false, fin = true, rsv = 0): Uint8Array {
  return encodeFrame({ fin, rsv, opcode, payload, ...(masked && { key: dice.next() }) });
}
const text = (words: string, masked = false): Uint8Array => frame(1, encodeUtf8(words), masked);
const TALK = ['{"id":1,"say":"good morning"}', '{"id":2,"say":"and to you"}', '{"id":3}', '{"id":4,"say":"it rains"}'];

/** Segments one after the other, tagged with their numbers; what the end finds, if they do not. */
function searched(options: SearchOptions, segments: readonly Uint8Array[]): FoundFrames | undefined {
  const search = new FrameSearch(options);
  for (const [tag, segment] of segments.entries()) {
    const found = search.push(segment, 0, segment.length, tag);
    if (found) return found;
  }
  return search.end();
}

const bytesOf = (found: FoundFrames | undefined): Uint8Array =>
  concat((found?.pieces ?? []).map(({ bytes, start, end }) => bytes.subarray(start, end)));
/** First byte and length of what an ordinary reader makes of it. */
const framesOf = (found: FoundFrames | undefined): string[] =>
  new FrameReader()
    .push(bytesOf(found))
    .flatMap((event) =>
      event.type === 'frame-start' ? [`${event.header.byte0.toString(16)}+${event.header.payloadLength}`] : [],
    );

describe('FrameSearch', () => {
  it('takes up a stream whose frames have a segment each with the first one', () => {
    for (const masked of [true, false]) {
      const segments = TALK.map((words) => text(words, masked));
      for (const options of [{ ...SERVER, masked }, JOINED]) {
        const found = searched(options, segments);
        expect(found).toMatchObject({ passed: 0, masked });
        expect(found?.pieces.map(({ tag }) => tag)).toEqual(found?.pieces.map((_, i) => i));
        expect(Buffer.from(bytesOf(found))).toEqual(Buffer.concat(segments.slice(0, found!.pieces.length)));
      }
    }
  });

  it('passes over the rest of a frame', () => {
    const rest = dice.bytes(700);
    const frames = concat(TALK.map((words) => text(words, true)));
    const found = searched(CLIENT, [rest.subarray(0, 500), concat([rest.subarray(500), frames])]);
    // The first frame says too little by itself.
    expect(found).toMatchObject({ passed: 700 + 35, masked: true });
    expect(framesOf(found)).toEqual(TALK.slice(1).map((words) => `81+${words.length}`));
  });

  it('gives the pieces of a part of a segment with its tag, and what was pushed after it', () => {
    const stream = concat([dice.bytes(100), ...TALK.map((words) => text(words)), frame(2, dice.bytes(300_000))]);
    const search = new FrameSearch(SERVER);
    const found = search.push(concat([new Uint8Array(5), stream, new Uint8Array(5)]), 5, 5 + stream.length, 42);
    expect(found?.passed).toBe(100);
    expect(found?.pieces.every(({ tag }) => tag === 42)).toBe(true);
    expect(Buffer.compare(bytesOf(found), stream.subarray(100))).toBe(0);
  });

  it('does not believe a frame that ends where a true chain begins', () => {
    // 0x82 and a length, by accident: 2 + 40 bytes later the chain begins.
    const accident = concat([Uint8Array.of(0x82, 40), dice.bytes(40).map((byte) => byte | 1)]);
    const frames = TALK.map((words) => text(words));
    expect(searched(SERVER, [concat([dice.bytes(30), accident, ...frames])])?.passed).toBe(72);
  });

  it('takes no character that the hole has cut for a header', () => {
    // 0x81 ends a character; 0x20 after it would be a length, after which the next frame begins indeed.
    const rest = concat([Uint8Array.of(0x81, 0x20), encodeUtf8('привет, это слово'), Uint8Array.of(0x22)]);
    expect(rest.length).toBe(2 + 0x20);
    const frames = TALK.map((words) => text(words));
    expect(searched(SERVER, [concat([rest, ...frames])])?.passed).toBe(rest.length);
  });

  it('believes no frame inside of one whose header it has seen', () => {
    const inner = concat(Array.from({ length: 20 }, (_, i) => text(`{"inner":${i},"of":"another connection"}`)));
    const outer = frame(2, inner);
    const segments = [text(TALK[0]!), text(TALK[1]!), outer, text(TALK[2]!), text(TALK[3]!)];
    const starts = segments.map((_, i) => 50 + concat(segments.slice(0, i)).length);
    const found = searched(SERVER, [concat([dice.bytes(50), ...segments])]);
    expect(starts).toContain(found?.passed);
    // Also as long as the outer one has not ended.
    const cut = concat(segments.slice(0, 3));
    const early = searched(SERVER, [concat([dice.bytes(50), cut.subarray(0, cut.length - 30)])]);
    expect([undefined, ...starts]).toContain(early?.passed);
  });

  it('reads fragments, controls between them, and nothing after a close frame', () => {
    const message = [
      frame(2, dice.bytes(500), true, false),
      frame(9, dice.bytes(8), true),
      frame(0, dice.bytes(900), true, false),
      frame(0, dice.bytes(300), true),
      text('that was it, goodbye', true),
      frame(8, writeCloseBody(1000, 'bye'), true),
    ];
    expect(framesOf(searched(CLIENT, message))).toEqual(['2+500', '89+8', '0+900']);
    // A message inside of a fragmented one, and frames after the end, are no chain.
    const [begin, ping, more, last, talk, close] = message as [Uint8Array, ...Uint8Array[]];
    expect(searched(CLIENT, [concat([begin, ping!, talk!, more!, last!])])).toBeUndefined();
    expect(searched(CLIENT, [concat([close!, close!])])).toBeUndefined();
  });

  it('asks compressed payloads for their structure, and allows them only where they may be', () => {
    const frames = TALK.map((words) => {
      const payload = deflateRawSync(words, { finishFlush: constants.Z_SYNC_FLUSH });
      return frame(1, new Uint8Array(payload.subarray(0, -4)), false, true, 4);
    });
    expect(framesOf(searched({ ...SERVER, deflate: true }, frames))).toHaveLength(2);
    expect(searched(SERVER, frames)).toBeUndefined();
    const broken = frames.map((bytes) => concat([bytes.subarray(0, 2), bytes.subarray(2).map((byte) => byte ^ 0x10)]));
    expect(searched({ ...SERVER, deflate: true }, broken)).toBeUndefined();
  });

  it('recognises a frame that is larger than what may be held by its header', () => {
    const header = encodeFrame({ fin: true, rsv: 0, opcode: 2, payload: dice.bytes(0), payloadLength: 1_000_000 });
    const dense = (length: number): Uint8Array => dice.bytes(length).map((byte) => byte | 1);
    const found = searched(SERVER, [concat([dense(100), header, dense(1300)])]);
    expect(framesOf(found)).toEqual(['82+1000000']);
    expect(found?.passed).toBe(100);
    // Not among zeros, where pointers and numbers look the same.
    expect(searched(SERVER, [concat([new Uint8Array(100), header, new Uint8Array(1300)])])).toBeUndefined();
  });

  it('looks for the given masking, or for either', () => {
    const both = [...TALK.map((words) => text(words, true)), ...TALK.map((words) => text(words))];
    expect(searched(CLIENT, both)).toMatchObject({ passed: 0, masked: true });
    expect(searched(SERVER, both)).toMatchObject({ masked: false });
    const mixed = both.filter((_, i) => i % 5 === 0);
    expect(searched({ ...JOINED, known: true }, [concat(mixed)])).toBeUndefined();
  });

  it('requires more where WebSocket is only a guess, until the other direction proves it', () => {
    const segments = Array.from({ length: 12 }, (_, i) => frame(2, dice.bytes(30 + i)));
    expect(searched(JOINED, segments)).toBeUndefined();
    const search = new FrameSearch(JOINED);
    for (const segment of segments.slice(0, 11)) expect(search.push(segment, 0, segment.length, 0)).toBeUndefined();
    search.learn(false);
    expect(search.push(segments[11]!, 0, segments[11]!.length, 0)).toMatchObject({ passed: 32, masked: false });
  });

  it('takes frames that are all alike for an array', () => {
    const frames = concat(Array.from({ length: 60 }, () => frame(2, dice.bytes(100))));
    expect(searched(SERVER, [frames.subarray(40, 1500), frames.subarray(1500, 3000)])).toBeUndefined();
  });

  it('has a last look when the stream ends, or has another hole', () => {
    const search = new FrameSearch(SERVER);
    const [first, ...rest] = TALK.map((words) => text(words));
    const bytes = concat([dice.bytes(40), first!.subarray(0, 20)]);
    expect(search.push(bytes, 0, bytes.length, 1)).toBeUndefined();
    expect(search.gap()).toBeUndefined();
    expect(search.passed).toBe(60);
    const later = concat([dice.bytes(9), ...rest]);
    for (let i = 0; i < 7; i++) search.push(dice.bytes(100), 0, 1, 2);
    search.push(later, 0, later.length, 3);
    expect(search.passed).toBe(60);
    expect(search.end()?.pieces[0]?.tag ?? 3).toBe(3);
    expect(search.passed).toBe(60 + 7 + later.length);
    expect(new FrameSearch(SERVER).end()).toBeUndefined();
  });

  it('never holds much, and gives back what it held', () => {
    const budget: SearchBudget = { limit: 1 << 20, held: 0, dropped: 0 };
    const search = new FrameSearch({ ...JOINED, budget });
    const noise = dice.bytes(100_000);
    for (let i = 0; i < 20; i++) {
      expect(search.push(noise, 0, noise.length, i)).toBeUndefined();
      expect(budget.held).toBeLessThan(400_000);
    }
    expect(search.passed).toBeGreaterThan(1_600_000);
    const bytewise = new FrameSearch({ ...JOINED, budget });
    const before = budget.held;
    for (let i = 0; i < 20_000; i++) bytewise.push(noise, i, i + 1, i);
    expect(budget.held - before).toBeLessThan(400_000);
    search.drop();
    bytewise.end();
    expect(budget).toEqual({ limit: 1 << 20, held: 0, dropped: 0 });
  });

  it('drops what it holds when all searches together hold too much', () => {
    const budget: SearchBudget = { limit: 100_000, held: 0, dropped: 0 };
    const noise = dice.bytes(30_000);
    const searches = Array.from({ length: 5 }, () => new FrameSearch({ ...SERVER, budget }));
    for (const search of searches) search.push(noise, 0, noise.length, 0);
    expect(budget.dropped).toBeGreaterThan(0);
    expect(budget.held).toBeLessThanOrEqual(100_000);
    // It continues with what comes next.
    const segments = TALK.map((words) => text(words));
    const last = searches[4]!;
    const found = segments.map((segment) => last.push(segment, 0, segment.length, 0)).find(Boolean);
    expect(found?.passed).toBe(30_000);
  });

  it('finds the same in the same bytes, whoever else searches meanwhile, and writes into none', () => {
    const stream = concat([dice.bytes(300), ...TALK.map((words) => text(words, true))]);
    fc.assert(
      fc.property(
        fc.array(fc.nat(stream.length), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 80 }),
        (cuts, noise) => {
          const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
          const segments = at.slice(1).map((end, i) => stream.slice(at[i], end));
          const before = Buffer.concat(segments);
          const found = searched(CLIENT, segments);
          if (found) expect([300, 300 + 35, 300 + 35 + 33]).toContain(found.passed);
          expect(searched(CLIENT, [noise])).toBeUndefined();
          expect(searched(CLIENT, segments)).toEqual(found);
          expect(Buffer.compare(Buffer.concat(segments), before)).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the bytes and the options are', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 });
    const some = fc.option(fc.boolean(), { nil: undefined });
    fc.assert(
      fc.property(
        pieces,
        some,
        fc.boolean(),
        fc.boolean(),
        fc.nat(200),
        (segments, masked, deflate, known, maxHeld) => {
          const search = new FrameSearch({ masked, deflate, known, maxHeld });
          let pushed = 0;
          for (const bytes of segments) {
            const found = search.push(bytes, 0, bytes.length, 0);
            pushed += bytes.length;
            if (found) return expect(found.passed + bytesOf(found).length).toBe(pushed);
          }
          const found = search.end();
          if (found) expect(found.passed + bytesOf(found).length).toBe(pushed);
          else expect(search.passed).toBe(pushed);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the structure of compressed messages', () => {
  const message = (bytes: Uint8Array, options: object): Uint8Array => {
    const whole = deflateRawSync(bytes, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
    return new Uint8Array(whole.subarray(0, whole.length - 4));
  };
  const OPTIONS = [
    {},
    { level: 0 },
    { level: 1 },
    { memLevel: 1 },
    { strategy: constants.Z_FIXED },
    { strategy: constants.Z_HUFFMAN_ONLY },
  ];

  it('is seen in everything that zlib makes, masked or not', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(255),
        fc.constantFrom(...OPTIONS),
        (bytes, mask, options) => {
          const payload = message(
            bytes.map((byte) => byte & mask),
            options,
          );
          expect(isDeflated(payload, 0, payload.length, 0)).toBe(true);
          const wire = frame(2, payload, true);
          const body = wire.length - payload.length;
          const key = Buffer.from(wire).readUInt32BE(body - 4);
          expect(isDeflated(wire, body, wire.length, key)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is seen after a final block (RFC 7692 §7.2.3.4)', () => {
    const bytes = Uint8Array.of(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00);
    expect(isDeflated(bytes, 0, bytes.length, 0)).toBe(true);
  });

  it('is hardly ever seen in random bytes', () => {
    const noise = dice.bytes(1 << 16);
    for (const length of [2, 5, 40]) {
      let seen = 0;
      for (let at = 0; at + length <= noise.length; at++) if (isDeflated(noise, at, at + length, 0)) seen++;
      expect(seen).toBeLessThan(12);
    }
  });
});
