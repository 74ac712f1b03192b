import { growthOf } from '../work.js';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/sources/detect/detect.js';
import { HexSource } from '../../src/sources/hex/hex-source.js';
import { cut, fromText, readChunks } from './read-source.js';

describe('the work of reading text', () => {
  test.each(['[129,0],', '129,0,  '])('%j again and again on one line: the work grows with the length', (piece) => {
    const growth = growthOf(5000, (count) => {
      const text = piece === '[129,0],' ? piece.repeat(count) : `[${piece.repeat(count)}]`;
      const { problem } = readChunks(
        new HexSource(),
        cut(fromText(text), () => 4096),
      );
      expect(problem).toBeUndefined();
    });
    expect(growth).toBeLessThan(2.2);
  });

  test.each([
    '""',
    "b''",
    '[',
    '{0x81,',
    '\\x81 ',
    '/* ',
    '((',
    'a=',
    'a(',
    '0x',
    '81\n',
    '*\n',
    '00000000: 81\n',
    'x',
    ' ',
    '\n',
    '>>> ',
    '[81,',
  ])('text without an end is read or refused with work that grows with its length: %j', (piece) => {
    const growth = growthOf(8192, (length) => {
      const input = fromText(piece.repeat(Math.ceil(length / piece.length)));
      for (const from of ['auto', 'hex', 'dump'] as const)
        readChunks(
          openSource(from),
          cut(input, () => 4096),
        );
    });
    // Where it is refused early, a longer text takes no more work.
    expect(growth).toBeLessThan(2.2);
  });
});
