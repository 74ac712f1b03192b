import type { PageRecord } from './row-of-record.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { isWholeContent, type PlainContent } from '../plain-content.js';

/** A frame of which only its bytes are known. */
export interface PayloadOfFrame {
  readonly opcode: number;
  readonly compressed: boolean;
  /** Without its mask. */
  readonly payload: Uint8Array;
  /** More of it follows, which is not kept. */
  readonly isCut: boolean;
}

/** What the text ends with where more of it follows: the end of what is here is no end of a text. */
const MORE = '…';

/** The text of such a frame in which `grep:` looks: hex where the bytes are no text. */
export function textOfPayload({ opcode, compressed, payload, isCut }: PayloadOfFrame): string {
  const text = compressed || opcode === OPCODE.binary ? hexOf(payload) : decodeUtf8(payload);
  return isCut ? text + MORE : text;
}

/** The text of a record in which `grep:` of the page looks. The page gets the first bytes of payloads: what follows is not searched. */
export function textOfRecord(record: PageRecord): string {
  switch (record['type']) {
    case 'frame':
      return frameText(record);
    case 'handshake':
      return headText(record['request']) + headText(record['response']);
    case 'request': {
      const { request = '', response = '' } = record as Record<'request' | 'response', string | undefined>;
      return `${request}\n${response}`;
    }
    default: {
      const {
        message,
        text,
        name = '',
        summary,
      } = record as Record<'message' | 'text' | 'name' | 'summary', string | undefined>;
      return message ?? text ?? (summary === undefined ? '' : `${name} ${summary}`);
    }
  }
}

function frameText(record: PageRecord): string {
  const { plain, closeReason, opcode, payload, payloadBytes } = record as {
    plain?: PlainContent;
    payloadBytes?: number;
    closeReason?: string;
    opcode: number;
    payload: string;
  };
  if (closeReason !== undefined) return closeReason;
  const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  // The last frame of a message in several has its own text, and that of the message.
  const compressed = record['compressed'] === true;
  const isCut = payloadBytes !== undefined && payloadBytes > bytes.length;
  const own = plain !== undefined && compressed ? [] : [textOfPayload({ opcode, compressed, payload: bytes, isCut })];
  return [...own, ...(plain === undefined ? [] : [plainText(plain)])].join('\n');
}

function plainText(plain: PlainContent): string {
  return (plain.text ?? plain.hex ?? '') + (isWholeContent(plain) ? '' : MORE);
}

function headText(head: unknown): string {
  const { line = '', headers = [] } = (head ?? {}) as { line?: string; headers?: [string, string][] };
  return `${line}\n${headers.map(([name, value]) => `${name}: ${value}\n`).join('')}`;
}
