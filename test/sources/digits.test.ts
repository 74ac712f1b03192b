import { expect, it } from 'vitest';
import fc from '../fc.js';
import { openSource } from '../../src/sources/detect/detect.js';
import { MAGIC_LENGTH } from '../../src/sources/detect/magic.js';
import { DigitSource, isDigits } from '../../src/sources/hex/digits.js';
import { TextReading } from '../../src/cli/input/text-reading.js';
import type { SourceEvent } from '../../src/sources/bytes/types.js';
import { ipv4, tcp } from './packets.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A line of digits, in either case, with a line end or without. */
const lines = fc
  .tuple(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.array(fc.constantFrom(0, 1, 16, 17), { minLength: 1 }).map((list) => Uint8Array.from(list)),
      fc.constantFrom(ipv4(tcp({})), ipv4(tcp({ payload: bytesOf('GET / HTTP/1.1\r\n') }))),
    ),
    fc.boolean(),
    fc.constantFrom('', '\n', '\r\n'),
  )
  .map(([bytes, isUpper, end]) => (isUpper ? hexOf(bytes).toUpperCase() : hexOf(bytes)) + end);

/** The same events, those of bytes that follow each other as one. */
function joined(events: readonly SourceEvent[]): unknown[] {
  const out: unknown[] = [];
  let hex = '';
  for (const event of events) {
    if (event.type === 'bytes') hex += hexOf(event.bytes);
    else out.push(hex, event);
  }
  return [...out, hex];
}

it.each(['auto', 'hex'] as const)('digits are read as the reader of all forms reads them (%s)', (from) => {
  fc.assert(
    fc.property(lines, (line) => {
      const text = bytesOf(line);
      fc.pre(isDigits(text, from === 'hex'));
      const [all, digits] = [openSource(from), new DigitSource()];
      const [first, own] = [all.push(text), digits.push(text)];
      if (from === 'auto' && line.endsWith('\n') && line.length >= MAGIC_LENGTH) expect(own).toEqual(first);
      const events = [...own, ...digits.end()];
      expect(joined(events)).toEqual(joined([...first, ...all.end()]));
      // Packets are looked at as the lines of a log too: of them there is no name that both have.
      if (!events.some(({ type }) => type === 'packet')) expect(digits.kind).toBe(all.kind());
    }),
  );
});

it.each(['auto', 'hex'] as const)(
  'what comes after a line of digits is read as if it came with it (%s)',
  async (from) => {
    const more = fc.array(
      fc.oneof(
        lines,
        fc.constantFrom('zz\n', '0000: 81 00\n', '8', '\n', '81 00 ', '# comment\n', '10101010 01010101\n'),
      ),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(lines, more, async (line, rest) => {
        const [reading, all] = [new TextReading(from, true), openSource(from)];
        const [events, wanted]: SourceEvent[][] = [[], []];
        for (const chunk of [line, ...rest]) {
          events!.push(...(await reading.push(bytesOf(chunk))));
          wanted!.push(...all.push(bytesOf(chunk)));
        }
        events!.push(...(await reading.end()));
        expect(joined(events!)).toEqual(joined([...wanted!, ...all.end()]));
        if (!events!.some(({ type }) => type === 'packet')) expect(reading.kind).toBe(all.kind());
      }),
    );
  },
);

it.each([
  ['8100', false, true],
  ['81 00', false, false],
  ['81 00', true, true],
  ['810', true, false],
  ['8100\n8100', false, false],
  ['00000001', false, false],
  ['', false, false],
  ['0x81', true, false],
])('%j is digits, known to be hex: %s: %s', (text, isHex, wanted) => {
  expect(isDigits(bytesOf(text), isHex)).toBe(wanted);
});
