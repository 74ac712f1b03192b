import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { headerFields } from '../../src/codec/frames/frame.js';
import { DEFAULT_DEFLATE_PARAMETERS } from '../../src/codec/handshake/deflate-params.js';
import { decodeFrames, encodeFrames } from '../../src/codec/frames/wire-frames.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { Inspector } from '../../src/traffic/inspector.js';
import type { Judged } from '../../src/traffic/judged.js';
import { cuts, cutUp, wireBytes } from './arbitraries.js';

/** A frame that came in one piece makes its fields when they are requested. */
function plain(record: Judged): unknown {
  if (record.type !== 'frame') return record;
  const { header, direction, place, payload, received, missing, holed, joined } = record.frame;
  const { afterClose, compressed, keyRepeated, close, utf8Error, message } = record.frame;
  const state = { header, direction, place, payload, received, missing, holed, joined };
  return { ...record, frame: { ...state, afterClose, compressed, keyRepeated, close, utf8Error, message } };
}

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`properties (SEED=${seed})`, () => {
  it('encode(decode(bytes)) is bytes', () => {
    fc.assert(
      fc.property(wireBytes, (bytes) => {
        expect(Buffer.compare(encodeFrames(decodeFrames(bytes)), bytes)).toBe(0);
      }),
      { numRuns: 3000, seed },
    );
  });

  it('fields tile every byte, bit by bit', () => {
    fc.assert(
      fc.property(wireBytes, (bytes) => {
        const { frames, rest } = decodeFrames(bytes);
        const bits = new Uint8Array(bytes.length);
        for (const { header, payload } of frames) {
          for (const { span } of headerFields(header, payload.length)) {
            for (let i = span.start; i < span.end; i++) {
              expect(bits[i]! & (span.mask ?? 0xff)).toBe(0);
              bits[i]! |= span.mask ?? 0xff;
            }
          }
        }
        bits.fill(0xff, bytes.length - rest.length);
        expect(bits.every((byte) => byte === 0xff)).toBe(true);
      }),
      { numRuns: 1000, seed },
    );
  });

  it('records and judgements do not depend on how the bytes are cut', () => {
    const inspect = (chunks: Uint8Array[], deflate: boolean): Judged[] => {
      const inspector = new Inspector({
        direction: 'unknown',
        ...(deflate && { deflate: DEFAULT_DEFLATE_PARAMETERS }),
        raw: nodeDeflate,
        bare: true,
      });
      return [...chunks.flatMap((chunk) => inspector.push(chunk)), ...inspector.end()];
    };
    fc.assert(
      fc.property(wireBytes, cuts, fc.boolean(), (bytes, sizes, deflate) => {
        expect(inspect(cutUp(bytes, sizes), deflate).map(plain)).toEqual(inspect([bytes], deflate).map(plain));
      }),
      { numRuns: 1000, seed },
    );
  });
});
