import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { FrameReader, type FrameEvent } from '../../src/codec/frames/frame-reader.js';
import { bytesOf, chunkings, hexOf, VECTORS } from './vectors.js';

interface ReadFrame {
  opcode: number;
  fin: boolean;
  rsv: number;
  masked: boolean;
  lengthForm: number;
  payloadLength: number;
  payload: string;
}

function collect(events: FrameEvent[]): ReadFrame[] {
  const frames: ReadFrame[] = [];
  const pieces: Uint8Array[] = [];
  for (const event of events) {
    if (event.type === 'payload') {
      expect(event.offset).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0));
      expect(event.unmasked().length).toBe(event.length);
      pieces.push(event.unmasked());
    }
    if (event.type !== 'frame-end') continue;
    const { opcode, fin, rsv, masked, lengthForm, payloadLength } = event.header;
    frames.push({ opcode, fin, rsv, masked, lengthForm, payloadLength, payload: hexOf(concat(pieces)) });
    pieces.length = 0;
  }
  return frames;
}

describe('frame vectors', () => {
  for (const vector of VECTORS) {
    for (const [name, chunks] of chunkings(bytesOf(vector.hex))) {
      it(`${vector.name}, ${name}`, () => {
        const reader = new FrameReader();
        expect(collect(chunks.flatMap((chunk) => reader.push(chunk)))).toEqual(vector.frames);
        expect(reader.end()).toBeUndefined();
      });
    }
    it(`${vector.name}, with the start of another frame behind`, () => {
      const reader = new FrameReader();
      const bytes = concat([bytesOf(vector.hex), bytesOf('827e01')]);
      expect(collect(reader.push(bytes))).toEqual(vector.frames);
      expect(reader.end()).toMatchObject({ start: bytes.length - 3, missing: 1, received: 0 });
    });
  }
});

describe('FrameReader', () => {
  it('reports a header before its payload comes', () => {
    const events = new FrameReader().push(bytesOf('818537fa213d'));
    expect(events.map((event) => event.type)).toEqual(['frame-start']);
  });

  it('gives absolute offsets across chunks', () => {
    const reader = new FrameReader(100);
    reader.push(bytesOf('8101'));
    const [, , next] = reader.push(bytesOf('618100'));
    expect(next).toMatchObject({ type: 'frame-start', header: { index: 1, start: 103 } });
  });

  it('never writes into the bytes that it was handed', () => {
    const bytes = bytesOf('818537fa213d7f9f4d5158');
    const before = hexOf(bytes);
    for (const event of new FrameReader().push(bytes)) if (event.type === 'payload') event.unmasked();
    expect(hexOf(bytes)).toBe(before);
  });

  it.each([
    ['nothing', '', undefined],
    ['one byte', '81', { start: 0, received: 0, missing: 1 }],
    ['half a 16-bit length', '817e00', { start: 0, received: 0, missing: 1 }],
    ['half a key', '8185aabb', { start: 0, received: 0, missing: 2 }],
    ['half a payload', '81054865', { start: 0, received: 2, missing: 3 }],
    ['2^62 bytes declared', '827f400000000000000001', { start: 0, received: 1, missing: (1n << 62n) - 1n }],
    ['2^64-1 bytes declared', '827fffffffffffffffff', { start: 0, received: 0, missing: (1n << 64n) - 1n }],
    ['a second frame unfinished', '810061', { start: 2, received: 0, missing: 1 }],
  ])('at the end, of %s', (_, hex, truncated) => {
    const reader = new FrameReader();
    reader.push(bytesOf(hex));
    const end = reader.end();
    if (truncated === undefined) expect(end).toBeUndefined();
    else expect(end).toMatchObject(truncated);
  });

  it('keeps nothing of a payload that never ends', () => {
    const reader = new FrameReader();
    reader.push(bytesOf('827f4000000000000000'));
    const chunk = new Uint8Array(1 << 20);
    for (let i = 0; i < 2000; i++) reader.push(chunk);
    expect(reader.end()).toMatchObject({ received: 2000 * (1 << 20) });
  });
});
