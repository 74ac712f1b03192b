import { growthOf } from '../work.js';
import { describe, expect, it } from 'vitest';
import { FrameSearch } from '../../src/codec/resync/frame-search.js';
import { Dice } from '../fuzz/dice.js';

const SIZE = 1 << 15;
const dice = new Dice(1);

describe('the work that it takes grows with the bytes', () => {
  it.each([
    ['headers of empty frames', Buffer.alloc(SIZE, '8200', 'hex'), 1448],
    ['headers of long frames', Buffer.alloc(SIZE, '827effff', 'hex'), 1448],
    ['long texts inside of each other', Buffer.alloc(SIZE, 'c2817e7d7d', 'hex'), 1448],
    ['random bytes', Buffer.from(dice.bytes(SIZE)), 1448],
    ['one byte at a time', Buffer.from(dice.bytes(SIZE >> 2)), 1],
    ['one byte of a header at a time', Buffer.alloc(SIZE >> 2, 0x81), 1],
  ])('%s', (_, bytes, size) => {
    const growth = growthOf(bytes.length / 2, (length) => {
      const search = new FrameSearch({ masked: undefined, deflate: true, known: true });
      for (let at = 0; at < length; at += size) search.push(bytes, at, Math.min(length, at + size), 0);
      search.end();
    });
    expect(growth).toBeLessThan(3);
  });
});
