import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { JournalIndex } from '../../src/cli/record/journal-index.js';

describe('the index of a journal', () => {
  it('finds the records of each connection in their order, however little of it is kept', async () => {
    const line = fc.record({ connection: fc.nat(4), text: fc.string({ maxLength: 90 }), isOther: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (lines, piece, most, isCut) => {
          const expected: Record<number, string> = {};
          let text = '';
          for (const { connection, text: data, isOther } of lines) {
            const record = isOther
              ? `${JSON.stringify({ type: 'diagnostic', code: data, connection })}\n`
              : `${JSON.stringify({ type: 'frame', connection, data })}\n`;
            text += record;
            if (!isOther) expected[connection] = (expected[connection] ?? '') + record;
          }
          // A last line that has no end was not written whole.
          const bytes = Buffer.from(isCut ? `${text}{"type":"frame","connection":0,"da` : text);
          const index = new JournalIndex((at) => bytes.subarray(at, at + piece), most);
          const found: Record<number, string> = {};
          for await (const { connection, extents } of index.connections()) {
            found[connection] = '';
            for (let i = 0; i < extents.length; i += 2) {
              found[connection] += bytes.subarray(extents[i], extents[i + 1]).toString();
            }
          }
          expect(found).toEqual(expected);
          expect(Object.keys(found)).toEqual(Object.keys(expected));
        },
      ),
    );
  });
});
