import * as zlib from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../src/codec/handshake/deflate-params.js';
import { DeflateWindows } from '../../src/codec/deflate/windows.js';
import { MessageDeflater } from '../../src/codec/deflate/message-deflate.js';
import { FrameReader } from '../../src/codec/frames/frame-reader.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { HeadReader } from '../../src/codec/http1/head-reader.js';
import type { PayloadMemory } from '../../src/codec/bytes/payload-memory.js';
import { decodeFrames, encodeFrames } from '../../src/codec/frames/wire-frames.js';
import { deflateWith, nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { ConnectionInspector, Inspector } from '../../src/traffic/inspector.js';
import type { Judged } from '../../src/traffic/judged.js';
import { SEED_REQUEST, RFC_RESPONSE, crlf } from '../codec/head-texts.js';
import { cuts, cutUp, frameBytes, wireBytes } from './arbitraries.js';

const REFUSED = `${crlf('HTTP/1.1 403 Forbidden', 'Content-Length: 9')}no, not so`;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Compressed messages of one sender, each referring to those before it. */
const deflated = fc
  .array(fc.constantFrom('Hello', 'Hello, Hello', 'x'.repeat(300), ''), { maxLength: 5 })
  .map((texts) => {
    const deflater = new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false });
    return new Uint8Array(
      Buffer.concat(
        texts.map((text) =>
          encodeFrame({ fin: true, rsv: 4, opcode: 1, payload: deflater.deflate(Buffer.from(text)), key: 0x01020304 }),
        ),
      ),
    );
  });

/** Masked frames whose key changes nothing. */
const keyless = fc
  .array(
    fc.record({ fin: fc.boolean(), opcode: fc.constantFrom(0, 1, 1, 2, 9), payload: fc.uint8Array({ maxLength: 20 }) }),
    {
      maxLength: 5,
    },
  )
  .map((frames) => new Uint8Array(Buffer.concat(frames.map((frame) => encodeFrame({ ...frame, rsv: 0, key: 0 })))));

/** What may come: frames, with a handshake before them or a refusal. */
const traffic = fc
  .tuple(
    fc.constantFrom('', '', SEED_REQUEST, RFC_RESPONSE, SEED_REQUEST + REFUSED),
    fc.oneof(wireBytes, keyless, deflated),
  )
  .map(([head, frames]) => new Uint8Array(Buffer.concat([Buffer.from(head, 'latin1'), frames])));

type Copied = (chunk: Uint8Array) => Uint8Array;
const CLASSES: readonly (readonly [string, Copied])[] = [
  ['Uint8Array', (chunk) => new Uint8Array(chunk)],
  ['Buffer', (chunk) => Buffer.from(chunk)],
  // At any alignment, with bytes of others on both sides.
  ['a view', (chunk) => new Uint8Array([1, 2, 3, ...chunk, 4, 5]).subarray(3, 3 + chunk.length)],
];

/** A record as plain values. Whatever bytes are in it have to be of one class. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    expect(value.constructor).toBe(Uint8Array);
    return Buffer.from(value as Uint8Array).toString('hex');
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value) return plain((value as { toJSON(): unknown }).toJSON());
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

interface Reader {
  push(chunk: Uint8Array): readonly Judged[];
  end(): readonly Judged[];
}

const READERS: readonly (readonly [string, (memory: PayloadMemory) => Reader])[] = [
  ['Inspector', (memory) => new Inspector({ raw: nodeDeflate, deflate: DEFAULT_DEFLATE_PARAMETERS, ...memory })],
  ['Inspector, short previews', (memory) => new Inspector({ previewBytes: 3, messageBytes: 7, ...memory })],
  [
    'ConnectionInspector',
    (memory) => {
      const inspector = new ConnectionInspector({ raw: nodeDeflate, deflate: DEFAULT_DEFLATE_PARAMETERS, ...memory });
      return { push: (chunk) => inspector.push(0, chunk), end: () => inspector.end() };
    },
  ],
  [
    'ConnectionInspector, of a capture',
    (memory) => {
      const inspector = new ConnectionInspector({ capture: 'any', ...memory });
      return { push: (chunk) => inspector.push(1, chunk), end: () => inspector.end() };
    },
  ],
];

/** The records of chunks, each of which is handed to `after` when it was taken. */
function read(reader: Reader, chunks: readonly Uint8Array[], after: (chunk: Uint8Array) => void): unknown {
  const records = chunks.flatMap((chunk) => {
    const judged = reader.push(chunk);
    after(chunk);
    return judged;
  });
  return [...records, ...reader.end()].map(plain);
}

describe(`memory (SEED=${seed})`, () => {
  describe.each(READERS)('%s', (_, create) => {
    it.each(CLASSES)('nothing hangs on a %s after push has returned', (_, classed) => {
      fc.assert(
        fc.property(traffic, cuts, (bytes, sizes) => {
          const pieces = cutUp(bytes, sizes);
          const expected = read(create({ payloads: 'view' }), pieces, () => undefined);
          const chunks = pieces.map(classed);
          expect(read(create({}), chunks, (chunk) => chunk.fill(0xaa))).toEqual(expected);
          expect(read(create({ payloads: 'view' }), pieces.map(classed), () => undefined)).toEqual(expected);
          expect(read(create({ unmask: 'in-place' }), pieces.map(classed), () => undefined)).toEqual(expected);
        }),
        { numRuns: 250, seed },
      );
    });
  });

  it.each(CLASSES)('FrameReader and decodeFrames copy a %s, unless views are requested', (_, classed) => {
    fc.assert(
      fc.property(wireBytes, cuts, (bytes, sizes) => {
        const events = (memory: PayloadMemory, after: (chunk: Uint8Array) => void): unknown => {
          const reader = new FrameReader(0, memory);
          const all = cutUp(bytes, sizes).flatMap((piece) => {
            const chunk = classed(piece);
            const found = reader.push(chunk);
            after(chunk);
            return found;
          });
          return [...all, reader.end()].map((event) =>
            event?.type === 'payload' ? [event.length, plain(event.unmasked()), event.isAscii] : plain(event),
          );
        };
        const expected = events({ payloads: 'view' }, () => undefined);
        expect(events({}, (chunk) => chunk.fill(0xaa))).toEqual(expected);
        expect(events({ unmask: 'in-place' }, () => undefined)).toEqual(expected);
        const chunk = classed(bytes);
        const frames = decodeFrames(chunk);
        chunk.fill(0xaa);
        expect(plain(encodeFrames(frames))).toBe(Buffer.from(bytes).toString('hex'));
        plain(frames);
      }),
      { numRuns: 500, seed },
    );
  });

  it.each(CLASSES)('FrameReader.read hands out what push does, of a %s', (_, classed) => {
    fc.assert(
      fc.property(wireBytes, cuts, (bytes, sizes) => {
        const pieces = cutUp(bytes, sizes);
        const pushed = new FrameReader();
        const expected = pieces
          .flatMap((piece) => pushed.push(piece))
          .filter(({ type }) => type !== 'frame-start')
          .map((event) => [
            event.header.start,
            event.type === 'payload' ? [event.offset, plain(event.unmasked())] : 'end',
          ]);
        for (const memory of [{}, { payloads: 'view' }, { unmask: 'in-place' }] as const) {
          const reader = new FrameReader(0, memory);
          const found: [number, [number, Uint8Array] | 'end'][] = [];
          for (const piece of pieces) {
            const chunk = classed(piece);
            reader.read(chunk, {
              payload: (header, payload, offset) => found.push([header.start, [offset, payload]]),
              end: (header) => found.push([header.start, 'end']),
            });
            if (!('payloads' in memory) && !('unmask' in memory)) chunk.fill(0xaa);
          }
          expect(found.map(plain)).toEqual(expected);
          expect(plain(reader.end())).toEqual(plain(pushed.end()));
        }
      }),
      { numRuns: 500, seed },
    );
  });

  it('views are views: of an unmasked payload in any case, of a masked one where it is unmasked in place', () => {
    const payload = Buffer.from('0123456789');
    for (const [key, memory, isView] of [
      [undefined, { payloads: 'view' }, true],
      [undefined, { payloads: 'copy' }, false],
      [undefined, { unmask: 'in-place' }, true],
      [0x37fa213d, { payloads: 'view' }, false],
      [0x37fa213d, { payloads: 'copy', unmask: 'in-place' }, true],
    ] as const) {
      const chunk = new Uint8Array(encodeFrame({ fin: true, rsv: 0, opcode: 2, payload, ...(key && { key }) }));
      const before = chunk.slice();
      const [event] = new FrameReader(0, memory).push(chunk).filter(({ type }) => type === 'payload');
      const [record] = new Inspector({ ...memory, bare: true }).push(before.slice());
      const isOf = event!.type === 'payload' && event!.unmasked().buffer === chunk.buffer;
      expect([key, memory, isOf]).toEqual([key, memory, isView]);
      expect(Buffer.from((record as { frame: { payload: Uint8Array } }).frame.payload).toString()).toBe('0123456789');
    }
  });

  it('unmasking in place leaves headers, keys and other bytes as they came', () => {
    fc.assert(
      fc.property(fc.array(frameBytes, { maxLength: 5 }), cuts, (frames, sizes) => {
        const bytes = new Uint8Array(Buffer.concat(frames));
        const chunks = cutUp(bytes, sizes);
        const reader = new Inspector({ unmask: 'in-place', bare: true, previewBytes: 5 });
        for (const chunk of chunks) reader.push(chunk);
        const after = new Uint8Array(Buffer.concat(chunks));
        const wire = decodeFrames(bytes);
        for (const { header, payload } of wire.frames) {
          const at = header.start + header.length;
          expect(after.subarray(header.start, at)).toEqual(bytes.subarray(header.start, at));
          const masked = payload.map((byte, i) => byte ^ ((header.key >>> (24 - 8 * (i & 3))) & 0xff));
          expect(after.subarray(at, at + payload.length)).toEqual(masked);
        }
      }),
      { numRuns: 1000, seed },
    );
  });

  it('a head does not keep the chunks that it came in', () => {
    const reader = new HeadReader();
    const bytes = Buffer.from(SEED_REQUEST, 'latin1');
    let head: unknown;
    for (let at = 0; at < bytes.length; at += 7) {
      const chunk = Buffer.from(bytes.subarray(at, at + 7));
      head = reader.push(chunk)?.head ?? head;
      chunk.fill(0xaa);
    }
    expect(plain(head)).toEqual(plain(new HeadReader().push(bytes)?.head));
  });
});

/** Several conversations, read in turns. Each is the same as alone. */
describe(`conversations in company (SEED=${seed})`, () => {
  const conversations = fc.array(fc.oneof(traffic, deflated), { minLength: 2, maxLength: 6 });
  const RAWS = [
    ['one native decoder for all', { after: 0, handles: 1 }],
    ['a decoder each', { after: 0 }],
    ['decoders that come to be on the way', { after: 3 }],
  ] as const;

  it.each(RAWS)('%s', (_, options) => {
    fc.assert(
      fc.property(conversations, cuts, fc.array(fc.nat(), { minLength: 1 }), (all, sizes, turns) => {
        const create = (shared: { windows?: DeflateWindows }, raw = deflateWith(zlib, options)): Inspector =>
          new Inspector({ raw, deflate: DEFAULT_DEFLATE_PARAMETERS, ...shared });
        const alone = all.map((bytes) => read(create({}), cutUp(bytes, sizes), () => undefined));
        const raw = deflateWith(zlib, options);
        const windows = new DeflateWindows();
        const together = all.map((bytes) => ({
          reader: create({ windows }, raw),
          chunks: cutUp(bytes, sizes),
          records: [] as Judged[],
        }));
        for (let turn = 0; together.some(({ chunks }) => chunks.length > 0); turn++) {
          const left = together.filter(({ chunks }) => chunks.length > 0);
          const one = left[turns[turn % turns.length]! % left.length]!;
          one.records.push(...one.reader.push(one.chunks.shift()!));
        }
        expect(together.map(({ reader, records }) => [...records, ...reader.end()].map(plain))).toEqual(alone);
        expect(windows.evicted).toBe(0);
      }),
      { numRuns: 150, seed },
    );
  });
});
