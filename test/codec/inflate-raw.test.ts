import { deflateRawSync } from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { inflateRaw } from '../../src/codec/deflate/inflate-raw.js';
import { MessageDeflater, MessageInflater, type RawDeflate } from '../../src/codec/deflate/message-deflate.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';

const NONE = new Uint8Array(0);
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const own: RawDeflate = { ...nodeDeflate, inflate: inflateRaw, open: () => undefined };

/** What both make of it; reasons are zlib's words, where zlib has some. */
function both(input: Uint8Array, dictionary = NONE, maxOutput = 100_000): [unknown, unknown] {
  const options = { windowBits: 15, dictionary, maxOutput };
  const plain = (result: ReturnType<RawDeflate['inflate']>): unknown =>
    result.status === 'ok'
      ? { ...result, output: Buffer.from(result.output).toString('hex') }
      : { ...result, reason: '' };
  return [plain(inflateRaw(input, options)), plain(nodeDeflate.inflate(input, options))];
}

function same(input: Uint8Array, dictionary = NONE, maxOutput?: number): void {
  const [mine, zlibs] = both(input, dictionary, maxOutput);
  expect(mine).toEqual(zlibs);
}

/** Text that repeats, or does not, deflated at some level with some strategy. */
const plainTexts = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .array(fc.constantFrom('hello ', 'world', '{"a":1}', 'x', '\0'), { maxLength: 300 })
    .map((all) => Buffer.from(all.join(''))),
);
const levels = fc.record({ level: fc.integer({ min: 0, max: 9 }), strategy: fc.integer({ min: 0, max: 4 }) });
const flushes = fc.constantFrom(2, 4);

describe('inflateRaw does what zlib does', () => {
  it.each([
    ['nothing', ''],
    ['a message of the standard (RFC 7692 §7.2.3.1)', 'f248cdc9c90700 0000ffff'],
    ['a stored block', '000500faff48656c6c6f'],
    ['a final block, and more', '01000000ffff 00 11'],
    ['a stored block that is cut', '000500faff4865'],
    ['lengths of a stored block that do not agree', '000500fbff48656c6c6f'],
    ['a block of type 3', '07'],
    ['bytes before the beginning', 'f200110000'],
    ['the invalid symbols of the fixed code', '1bff'],
    ['too many symbols', 'fcff'],
    ['code lengths that are no code', '0400000000'],
  ])('%s', (_, hex) => same(bytes(hex)));

  it('with whatever zlib deflated', () => {
    fc.assert(
      fc.property(plainTexts, plainTexts, levels, flushes, (text, before, options, finishFlush) => {
        const dictionary = new Uint8Array(before);
        const input = deflateRawSync(text, { ...options, finishFlush, ...(before.length > 0 && { dictionary }) });
        same(new Uint8Array(input), dictionary);
      }),
    );
  });

  it('with what is cut, changed or too large', () => {
    const faults = fc.record({
      at: fc.nat(400),
      to: fc.nat(255),
      cut: fc.nat(400),
      maxOutput: fc.integer({ min: 1, max: 3000 }),
    });
    fc.assert(
      fc.property(plainTexts, levels, flushes, faults, (text, options, finishFlush, { at, to, cut, maxOutput }) => {
        const input = new Uint8Array(deflateRawSync(text, { ...options, finishFlush }));
        if (at < input.length) input[at] = to;
        same(input.subarray(0, input.length - (cut % 7)), NONE, maxOutput);
      }),
      { numRuns: 500 },
    );
  });

  it('with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (input) => same(input)),
      { numRuns: 1000 },
    );
  });

  it('for messages whose contexts are taken over', () => {
    const parameters = { windowBits: 15, noContextTakeover: false };
    fc.assert(
      fc.property(fc.array(plainTexts, { maxLength: 6 }), (messages) => {
        const deflater = new MessageDeflater(nodeDeflate, parameters);
        const inflater = new MessageInflater(own, parameters, 100_000);
        for (const message of messages) {
          expect(inflater.inflate(deflater.deflate(message))).toEqual({ status: 'ok', bytes: new Uint8Array(message) });
        }
      }),
    );
  });

  it('refers to no more than the window', () => {
    const text = Buffer.concat([Buffer.from('abcdefgh'), Buffer.alloc(600, 0x7a), Buffer.from('abcdefgh')]);
    const input = new Uint8Array(deflateRawSync(text, { finishFlush: 2 }));
    const of = (windowBits: number): string =>
      inflateRaw(input, { windowBits, dictionary: NONE, maxOutput: 10_000 }).status;
    expect([of(15), of(9)]).toEqual(['ok', 'invalid']);
  });
});
