import { escapeText } from '../../describe/escape.js';
import { headerFields, type FrameHeader } from '../../codec/frames/frame.js';
import type { Direction } from '../../codec/messages/records.js';
import { opcodeInfo } from '../../codec/frames/registry.js';
import type { Field } from '../../codec/bytes/span.js';
import { bitPattern, spaced, type Row } from '../layout.js';
import type { Role, Theme } from '../theme.js';
import { print, type Printable } from '../../describe/printable.js';

const ROLE_OF_FIELD: Record<string, Role> = {
  FIN: 'fin',
  RSV1: 'rsv',
  RSV2: 'rsv',
  RSV3: 'rsv',
  'RSV1-3': 'rsv',
  opcode: 'opcode',
  MASK: 'mask',
  length: 'length',
  'extended length': 'length',
  'masking key': 'key',
};

/** The rows of a header: every field with its bytes, its bits, its value and what it means. */
export function headerRows(header: FrameHeader, direction: Direction, theme: Theme): Row[] {
  const bytes = header.bytes;
  return joinRsv(headerFields(header)).map((field, i, all) => {
    const at = field.span.start - header.start;
    const role = ROLE_OF_FIELD[field.name]!;
    const own = bytes.subarray(at, field.span.end - header.start);
    const first = i === 0 || all[i - 1]!.span.start !== field.span.start;
    const { mask } = field.span;
    return {
      ...(first && { offset: field.span.start, bytes: spaced(own) }),
      ...(first && mask !== undefined && { paintBytes: nibblePaint(at, theme) }),
      ...(mask !== undefined && { bits: bitPattern(own[0]!, mask) }),
      name: print`${field.name === 'masking key' ? 'key' : field.name === 'extended length' ? 'length' : escapeText(field.name)}`,
      ...describe(field, header, direction),
      paint: theme[role],
    };
  });
}

/** RSV1, RSV2 and RSV3 take one row while they are 0, and a row each once one is set. */
function joinRsv(fields: Field[]): Field[] {
  const isRsv = (field: Field): boolean => field.name.startsWith('RSV');
  if (fields.some((field) => isRsv(field) && field.value !== 0)) return fields;
  return fields.flatMap((field) => {
    if (field.name === 'RSV1') return [{ ...field, name: 'RSV1-3', span: { ...field.span, mask: 0x70 } }];
    return isRsv(field) ? [] : [field];
  });
}

/** The two digits of the first byte hold FIN with RSV, and the opcode; those of the second MASK and length. */
function nibblePaint(at: number, theme: Theme): (s: Printable) => Printable {
  const [high, low] = at === 0 ? ([theme.fin, theme.opcode] as const) : ([theme.mask, theme.length] as const);
  return (s) => print`${high(s.slice(0, 1))}${low(s.slice(1))}`;
}

function describe(field: Field, header: FrameHeader, direction: Direction): { value: Printable; meaning?: Printable } {
  switch (field.name) {
    case 'FIN':
      return {
        value: escapeText(String(field.value)),
        meaning: header.fin ? print`last fragment` : print`more fragments follow`,
      };
    case 'opcode': {
      const info = opcodeInfo(header.opcode);
      return {
        value: print`0x${escapeText(header.opcode.toString(16))}`,
        meaning: print`${info.name}: ${escapeText(info.meaning)}`,
      };
    }
    case 'MASK':
      return { value: escapeText(String(field.value)), meaning: maskMeaning(header.masked, direction) };
    case 'length':
      return lengthMeaning(header);
    default:
      return { value: escapeText(String(field.value)), ...(field.value === 1 && { meaning: print`set` }) };
  }
}

function maskMeaning(masked: boolean, direction: Direction): Printable {
  if (direction === 'server' && masked) return print`masked, though from the server`;
  if (direction === 'client' && !masked) return print`not masked, though from the client`;
  return masked ? print`client to server` : print`not masked: server to client`;
}

function lengthMeaning(header: FrameHeader): { value: Printable; meaning?: Printable } {
  const value = print`${header.byte1 & 0x7f}`;
  if (header.lengthForm === 7) return { value };
  return { value, meaning: print`the next ${header.lengthForm} bits hold the length` };
}
