import { constants, inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bomb, DeflateBits } from '../../src/conformance/verdicts/deflate-bits.js';
import { MessageInflater } from '../../src/codec/deflate/message-deflate.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { Deflater } from '../../src/live/server/message-deflater.js';

const inflated = (payload: Uint8Array): Buffer =>
  inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), { finishFlush: constants.Z_SYNC_FLUSH });

const HELLO = Buffer.from('Hello');

it('writes what RFC 7692 §7.2.3 has', () => {
  const hex = (bits: DeflateBits): string => Buffer.from(bits.message()).toString('hex');
  expect(hex(new DeflateBits().fixed([HELLO]))).toBe('f248cdc9c90700');
  expect(hex(new DeflateBits().stored(HELLO))).toBe('000500faff48656c6c6f00');
  const final = new DeflateBits().fixed([HELLO], true).bits(0, 8).end();
  expect(Buffer.from(final).toString('hex')).toBe('f348cdc9c9070000');
});

it.each([1, 4, 5, 24, 25, 300, 900, 1024])('writes references %d back', (distance) => {
  const noise = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * i * 31 + i) & 255));
  const bits = new DeflateBits().stored(noise).fixed([
    { length: 10, distance },
    { length: 258, distance },
  ]);
  const expected = [...noise];
  for (let i = 0; i < 268; i++) expected.push(expected[expected.length - distance]!);
  expect(inflated(bits.message())).toEqual(Buffer.from(expected));
});

it.each([1, 2, 1000, 1001])('writes a bomb of %d bytes', (size) => {
  const plain = inflated(bomb(size));
  expect(plain.length).toBeGreaterThan(size * 1032);
  expect(plain.every((byte) => byte === 0x61)).toBe(true);
});

it.each([
  [15, false],
  [9, false],
  [8, true],
  [15, true],
])('deflates message by message: window of %d bits, no takeover %j', async (windowBits, noContextTakeover) => {
  const deflater = new Deflater({ windowBits, noContextTakeover });
  const inflater = new MessageInflater(nodeDeflate, { windowBits, noContextTakeover }, 1 << 20);
  const messages = ['Hello', '', '', 'Hello', 'x'.repeat(70_000), 'Hello'].map((text) => Buffer.from(text));
  const sizes: number[] = [];
  for (const message of messages) {
    const payload = await deflater.deflate(message);
    sizes.push(payload.length);
    const outcome = inflater.inflate(payload);
    expect(outcome.status === 'ok' && Buffer.from(outcome.bytes)).toEqual(message);
  }
  deflater.close();
  expect(sizes.slice(0, 3)).toEqual([7, 1, 1]);
  expect(sizes[3]! < 7).toBe(!noContextTakeover);
});
