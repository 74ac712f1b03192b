import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { SEGMENT, SegmentEnds } from '../../src/sources/files/segment-ends.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { RFC_REQUEST, RFC_RESPONSE } from '../codec/head-texts.js';
import { cuts, cutUp, wireBytes } from '../properties/arbitraries.js';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const frame = (length: number, key?: number): Uint8Array =>
  encodeFrame({ fin: true, rsv: 0, opcode: 2, payload: new Uint8Array(length), ...(key !== undefined && { key }) });
const times = (count: number, bytes: Uint8Array): Uint8Array => concat(Array<Uint8Array>(count).fill(bytes));

/** Lengths of the segments, chunk by chunk. */
function lengths(...chunks: readonly Uint8Array[]): number[] {
  const ends = new SegmentEnds();
  return chunks.flatMap((bytes) => {
    const found: number[] = [];
    for (let start = 0; start < bytes.length;) {
      const end = ends.next(bytes, start);
      found.push(end - start);
      start = end;
    }
    return found;
  });
}

const REQUEST = ascii(RFC_REQUEST);
const RESPONSE = ascii(RFC_RESPONSE);
const SHORT = frame(8);

describe('segments', () => {
  it.each<[string, Uint8Array[], number[]]>([
    ['no bytes have none', [new Uint8Array(0)], []],
    ['a head is one', [REQUEST], [REQUEST.length]],
    ['of 64 frames', [times(200, SHORT)], [640, 640, 640, 80]],
    ['masked ones too', [times(130, frame(0, 5))], [384, 384, 12]],
    ['after a head, which stays with them', [concat([RESPONSE, times(65, SHORT)])], [RESPONSE.length + 640, 10]],
    [
      'a head in pieces',
      [REQUEST.subarray(0, 20), REQUEST.subarray(20), times(65, SHORT)],
      [20, REQUEST.length - 20, 640, 10],
    ],
    [
      'frames in pieces',
      [SHORT.subarray(0, 1), SHORT.subarray(1, 5), concat([SHORT.subarray(5), times(64, SHORT)])],
      [1, 4, 635, 10],
    ],
    ['a frame that does not fit begins the next', [concat([frame(20_000), frame(20_000)])], [20_004, 20_004]],
    ['long frames are split', [frame(70_000)], [SEGMENT, SEGMENT, 70_010 - 2 * SEGMENT]],
    ['what follows a long one goes with its end', [concat([frame(40_000), SHORT])], [SEGMENT, 40_004 - SEGMENT + 10]],
    [
      'an interim answer is followed by another',
      [concat([ascii('HTTP/1.1 100 Continue\r\n\r\n'), RESPONSE, times(65, SHORT)])],
      [25 + RESPONSE.length + 640, 10],
    ],
    ['a body is none of frames', [concat([ascii('HTTP/1.1 403 Forbidden\r\n\r\n'), times(65, SHORT)])], [26 + 650]],
    [
      'what is broken goes by length alone',
      [concat([SHORT, Uint8Array.of(0x83, 0), times(4000, SHORT)])],
      [SEGMENT, 40_012 - SEGMENT],
    ],
  ])('%s', (_, chunks, expected) => {
    expect(lengths(...chunks)).toEqual(expected);
  });

  it('hold all bytes, up to a length, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', RFC_REQUEST, RFC_RESPONSE),
        wireBytes,
        cuts,
        fc.nat(40_000),
        (head, wire, sizes, more) => {
          const bytes = concat([ascii(head), wire, new Uint8Array(more)]);
          const found = lengths(...cutUp(bytes, sizes));
          expect(found.reduce((sum, length) => sum + length, 0)).toBe(bytes.length);
          for (const length of found) expect(length > 0 && length <= SEGMENT).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
