import type { PageRecord } from './row-of-record.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';

/** The text of a record in which `grep:` of the page looks. The page gets the first bytes of payloads: what follows is not searched. */
export function textOfRecord(record: PageRecord): string {
  switch (record['type']) {
    case 'frame':
      return frameText(record);
    case 'handshake':
      return headText(record['request']) + headText(record['response']);
    default: {
      const { message, text } = record as { message?: string; text?: string };
      return message ?? text ?? '';
    }
  }
}

function frameText(record: PageRecord): string {
  const { plain, closeReason, opcode, payload } = record as {
    plain?: { text?: string; hex?: string };
    closeReason?: string;
    opcode: number;
    payload: string;
  };
  if (plain !== undefined) return plain.text ?? plain.hex ?? '';
  if (closeReason !== undefined) return closeReason;
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  return record['compressed'] === true || opcode === OPCODE.binary ? hexOf(bytes) : decodeUtf8(bytes);
}

function headText(head: unknown): string {
  const { line = '', headers = [] } = (head ?? {}) as { line?: string; headers?: [string, string][] };
  return `${line}\n${headers.map(([name, value]) => `${name}: ${value}\n`).join('')}`;
}
