import { autobahn, message, text, binary, WE_CLOSE, type AutobahnCase } from '../verdicts/autobahn.js';
import type { Case } from '../case.js';

/** Group 1: text and binary messages around the three length forms (RFC 6455 §5.2, §5.6). */

interface FramingRow {
  readonly size: number;
  readonly chop?: number;
}

const ROWS: readonly FramingRow[] = [
  ...[0, 125, 126, 127, 128, 65535, 65536].map((size) => ({ size })),
  { size: 65536, chop: 997 },
];
/** The rows after this one get ten seconds, not one. */
const SMALL_ROWS = 5;

export const FRAMING_CASES: readonly Case[] = [
  ...ROWS.map((row, i) => whole(row, i, false)),
  ...ROWS.map((row, i) => whole(row, i, true)),
];

function whole({ size, chop }: FramingRow, index: number, isBinary: boolean): Case {
  const payload = new Uint8Array(size).fill(isBinary ? 0xfe : 0x2a);
  const spec: AutobahnCase = {
    id: `1.${isBinary ? 2 : 1}.${index + 1}`,
    title: `A ${isBinary ? 'binary' : 'text'} message of ${size} bytes${chop ? `, written in pieces of ${chop}` : ''}`,
    rfc: 'RFC 6455 §5.6',
    steps: [{ send: [isBinary ? binary(payload) : text(payload)], ...(chop && { chop }) }],
    received: { OK: [message(payload, isBinary)] },
    close: WE_CLOSE,
    kill: index < SMALL_ROWS ? 1 : 10,
  };
  return autobahn(spec);
}
