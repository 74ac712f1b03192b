import { OPCODES } from '../../codec/frames/registry.js';
import { connectionRange, numberRange, type ConnectionRange, type NumberRange } from './ranges.js';

/** `3`, `3-5`, `3-`, `4.2`, `4.*`. Throws a RangeError with what it has to be. */
export function connectionNumbers(text: string): ConnectionRange {
  const selected = connectionRange(text);
  if (selected !== undefined) return ascending(text, selected);
  throw new RangeError(
    'It has to be a number from 0 on (4.2 or 4.* over HTTP/2), a range as in 3-5 or 3-, or a list as in 0,3-5.',
  );
}
function ascending<Range extends NumberRange>(text: string, range: Range): Range {
  if (range.low > range.high) throw new RangeError(`The range ${text} begins with its larger number.`);
  return range;
}

/** RFC 6455 §5.5.1: it has two bytes. */
const HIGHEST_CODE = 65535;
/** A code, a range, or `none`: no code is known. Throws a RangeError with what it has to be. */
export function closeCodeRange(text: string): NumberRange | 'none' {
  if (text === 'none') return text;
  const codes = numberRange(text);
  if (codes !== undefined && codes.low <= HIGHEST_CODE) return ascending(text, codes);
  throw new RangeError(
    'It has to be a close code from 0 to 65535, none, a range as in 4000-4999 or 4000-, or a list as in 1006,1011.',
  );
}

export const OPCODE_NAMES = ['text', 'binary', 'close', 'ping', 'pong', 'continuation', 'reserved'] as const;

/** A bit for each opcode that is named; `reserved` is all reserved ones. Throws a RangeError with what it has to be. */
export function opcodeBits(name: string): number {
  const text = name.toLowerCase();
  const number = /^(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : NaN;
  const bits = OPCODES.filter((one) => one.name === text || one.value === number);
  if (bits.length > 0) return bits.reduce((sum, { value }) => sum | (1 << value), 0);
  throw new RangeError(
    `It has to be a list of ${OPCODE_NAMES.slice(0, -1).join(', ')}, reserved, or numbers from 0 to 15.`,
  );
}

/**
 * `/re/flags`, or the whole text is the expression: a path such as `/chat/room` too, as `room` are no flags. Throws a
 * SyntaxError if it is none.
 */
export function statedExpression(value: string): RegExp {
  const [, source = value, flags = ''] = /^\/([^]+)\/([dgimsuvy]*)$/.exec(value) ?? [];
  return new RegExp(source, flags);
}
