import type { Http2FaultKind } from '../../codec/http2/http2-taker.js';
import type { Ends } from '../conversation-taker.js';

/** What a connection without WebSockets has, that is to be known nevertheless. */
const FAULT_WORDS: Partial<Record<Http2FaultKind, string>> = {
  'block-too-long': 'a field block that does not end (a CONTINUATION flood)',
  'field-section-too-large': 'a few bytes that stand for very many fields (a header bomb)',
  'rapid-reset': 'requests that are reset in masses (a rapid reset flood)',
  flood: 'frames that need an answer in masses (a flood)',
  compression: 'a field block that can not be decompressed',
};

/** Of an HTTP/2 connection that holds no WebSocket. */
export function http2Hint(connection: number, { faults }: Ends): string | undefined {
  const words = http2FaultWords(faults);
  return words === undefined ? undefined : `connection ${connection} is HTTP/2 without WebSockets, and has ${words}`;
}

/** The first of the faults that is to be known, in words. */
export function http2FaultWords(faults: readonly Http2FaultKind[] = []): string | undefined {
  return faults.flatMap((kind) => FAULT_WORDS[kind] ?? [])[0];
}
