import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MessageDeflater, MessageInflater } from '../../src/codec/deflate/message-deflate.js';
import { deflateWith, nodeDeflate, type NodeZlib } from '../../src/codec/deflate/node-zlib.js';
import { bytesOf } from './vectors.js';

const PLAIN = { windowBits: 15, noContextTakeover: false };
/** Fills the window. */
const full = new MessageDeflater(nodeDeflate, PLAIN).deflate(
  Uint8Array.from({ length: 1 << 15 }, (_, i) => (i * i) >> 5),
);

/** Decoders that are made for `messages`, each sent `times`. */
function decodersFor(times: number, ...messages: Uint8Array[]): number {
  let made = 0;
  const counted: NodeZlib = {
    ...zlib,
    createInflateRaw: (options) => {
      made++;
      return zlib.createInflateRaw(options);
    },
    inflateRawSync: (...call: Parameters<typeof zlib.inflateRawSync>) => {
      made++;
      return zlib.inflateRawSync(...call);
    },
  };
  const inflater = new MessageInflater(deflateWith(counted, { after: 0 }), PLAIN, 1 << 20);
  for (let i = 0; i < times; i++) for (const message of messages) inflater.inflate(message);
  return made;
}

describe('the cost of a message that is not as usual', () => {
  it.each([
    ['broken', [bytesOf('07')]],
    ['cut off', [bytesOf('f248')]],
    ['broken, behind one that fills the window', [full, bytesOf('07')]],
    ['with a final block', [full, bytesOf('f348cdc9c90700')]],
    ['with 255 empty final blocks', [full, bytesOf('0300'.repeat(255))]],
  ])('is no decoder of its own: %s', (_, messages) => {
    // Those of the trial, and of the pool.
    expect(decodersFor(50, ...messages)).toBe(decodersFor(5, ...messages));
    expect(decodersFor(50, ...messages)).toBeLessThan(10);
  });
});
