import { latin1 } from '../../codec/http1/text.js';

/** A line of a key log (RFC 9850 §2): a label, the client random, a secret. */
const SECRET_LINE = /^[A-Z][A-Z\d_]{2,63} [\da-f]{64} [\da-f]{32,192}\s*$/i;
/** Bytes in which the first of them is looked for. */
export const KEY_LOG_BEGINNING = 64 * 1024;

/** Whether these first bytes of a file are those of a key log: comments, then a secret. */
export function beginsKeyLog(first: Uint8Array): boolean {
  const lines = latin1(first)
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n');
  const line = lines.find((one) => one.trim() !== '' && !one.startsWith('#'));
  return line !== undefined && SECRET_LINE.test(line);
}
