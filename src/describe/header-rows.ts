import { count } from '../codec/bytes/plural.js';
import type { Field } from '../codec/bytes/span.js';
import { headerFields, minimalForm, type FrameHeader } from '../codec/frames/frame.js';
import { opcodeInfo } from '../codec/frames/registry.js';
import type { Direction } from '../codec/messages/records.js';

/** What a field is to the eye: one colour each. */
export type FieldKind = 'fin' | 'rsv' | 'opcode' | 'mask' | 'length' | 'key';

/** A field of a frame header with its explanation. Offsets count from the frame's first byte. */
export interface HeaderRow {
  readonly name: string;
  readonly kind: FieldKind;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** The bits meant, of a byte that several fields share. */
  readonly mask?: number;
  readonly value: string;
  /** What it says, in a sentence; and in a few words, for a column, where the value does not say it all. */
  readonly meaning: string;
  readonly brief?: string;
  readonly rfc: string;
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  FIN: 'fin',
  opcode: 'opcode',
  MASK: 'mask',
  length: 'length',
  'extended length': 'length',
  'masking key': 'key',
};

/** Every field of a header, in the order of the bytes. `compressed`: RSV1 says that its message is (RFC 7692). */
export function headerRows(header: FrameHeader, direction: Direction, compressed = false): HeaderRow[] {
  return joinRsv(headerFields(header)).map(({ name, span, value }) => ({
    name,
    kind: KINDS[name] ?? 'rsv',
    start: span.start - header.start,
    end: span.end - header.start,
    ...(span.mask !== undefined && { mask: span.mask }),
    value: name === 'opcode' ? `0x${header.opcode.toString(16)}` : String(value),
    ...wordsOf(name, value, header, direction, compressed),
  }));
}

/** RSV1, RSV2 and RSV3 are one row while they are 0, and a row each once one is set. */
function joinRsv(fields: Field[]): Field[] {
  const isRsv = ({ name }: Field): boolean => name.startsWith('RSV');
  if (fields.some((field) => isRsv(field) && field.value !== 0)) return fields;
  return fields.flatMap((field) => {
    if (field.name === 'RSV1') return [{ ...field, name: 'RSV1-3', span: { ...field.span, mask: 0x70 } }];
    return isRsv(field) ? [] : [field];
  });
}

type HeaderWords = Pick<HeaderRow, 'meaning' | 'brief' | 'rfc'>;

function wordsOf(
  name: string,
  value: Field['value'],
  header: FrameHeader,
  direction: Direction,
  compressed: boolean,
): HeaderWords {
  switch (name) {
    case 'FIN':
      return { ...finWords(header.fin), rfc: 'RFC 6455 §5.2' };
    case 'opcode': {
      const info = opcodeInfo(header.opcode);
      const meaning = `${info.name}: ${info.meaning}`;
      return { meaning, brief: meaning, rfc: info.rfc };
    }
    case 'MASK':
      return { ...maskWords(header.masked, direction), rfc: 'RFC 6455 §5.1' };
    case 'length':
      return { ...lengthWords(header), rfc: 'RFC 6455 §5.2' };
    case 'extended length':
      return { meaning: extendedMeaning(header), rfc: 'RFC 6455 §5.2' };
    case 'masking key':
      return { meaning: 'each payload byte was XORed with one of these four', rfc: 'RFC 6455 §5.3' };
  }
  const set = value === 1 && { brief: 'set' };
  if (name === 'RSV1' && compressed) return { meaning: 'the message is compressed', ...set, rfc: 'RFC 7692 §6' };
  return { meaning: 'for extensions: 0 unless one was negotiated', ...set, rfc: 'RFC 6455 §5.2' };
}

function finWords(fin: boolean): Omit<HeaderWords, 'rfc'> {
  if (fin) return { meaning: 'last fragment of its message', brief: 'last fragment' };
  return { meaning: 'more fragments follow', brief: 'more fragments follow' };
}

function maskWords(masked: boolean, direction: Direction): Omit<HeaderWords, 'rfc'> {
  const brief = masked ? 'client to server' : 'not masked: server to client';
  if (direction === 'unknown') {
    return { meaning: masked ? 'masked, as a client has to' : 'not masked, as a server has to', brief };
  }
  const words = masked ? 'masked' : 'not masked';
  if (masked !== (direction === 'client')) {
    const fault = `${words}, though from the ${direction}`;
    return { meaning: fault, brief: fault };
  }
  return { meaning: `${words}: from the ${direction}`, brief };
}

function lengthWords({ lengthForm, payloadLength }: FrameHeader): Omit<HeaderWords, 'rfc'> {
  if (lengthForm === 7) return { meaning: `${count(payloadLength, 'byte')} of payload` };
  return {
    meaning: `the length is in the next ${lengthForm} bits`,
    brief: `the next ${lengthForm} bits hold the length`,
  };
}

function extendedMeaning({ exactLength, lengthForm }: FrameHeader): string {
  const minimal = minimalForm(exactLength);
  const size = `${count(exactLength, 'byte')} of payload`;
  return minimal === lengthForm ? size : `${size}; not minimal, ${minimal} bits hold it`;
}

/** The names of the bits that are set. `rsv`: RSV1 is 4, RSV3 is 1. */
export function flagNames({ fin, rsv, masked }: Pick<FrameHeader, 'fin' | 'rsv' | 'masked'>): string[] {
  const reserved = [4, 2, 1].flatMap((bit, i) => ((rsv & bit) !== 0 ? [`RSV${i + 1}`] : []));
  return [...(fin ? ['FIN'] : []), ...reserved, ...(masked ? ['MASK'] : [])];
}

/** The bits of `mask` as digits, each of the others as `other`, in two groups of four. */
export function bitPattern(byte: number, mask: number, other: string): string {
  const bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((mask >> bit) & 1 ? String((byte >> bit) & 1) : other));
  return `${bits.slice(0, 4).join('')} ${bits.slice(4).join('')}`;
}
