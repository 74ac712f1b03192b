import type { HpackField } from './hpack-decoder.js';

/** What a field block is, by its pseudo-header fields (RFC 9113 §8.3). */
export type SectionKind = 'request' | 'response' | 'other';

export function sectionKind(fields: readonly HpackField[]): SectionKind {
  if (fields.some(({ name }) => name === ':status')) return 'response';
  return fields.some(({ name }) => name !== undefined && REQUEST_PSEUDO.has(name)) ? 'request' : 'other';
}

const REQUEST_PSEUDO: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);
/** A request with one of these is for a WebSocket, however faulty. Names are in lower case (RFC 9113 §8.2.1), or should be. */
const OF_WEBSOCKET: ReadonlySet<string> = new Set(['sec-websocket-key', 'sec-websocket-version']);

/** A request for a WebSocket (RFC 8441 §5), however faulty. */
export function asksForHttp2WebSocket(fields: readonly HpackField[]): boolean {
  const protocol = fields.find(({ name }) => name === ':protocol');
  if (protocol?.value !== undefined) return protocol.value.toLowerCase() === 'websocket';
  return fields.some(({ name }) => name !== undefined && OF_WEBSOCKET.has(name.toLowerCase()));
}

/** Whether it may be one: what would show it is in a part of the table that was not seen. */
export function mayAskForHttp2WebSocket(fields: readonly HpackField[]): boolean {
  const method = fields.find(({ name }) => name === ':method');
  const isUnknown = fields.some(({ name, value }) => name === undefined || value === undefined);
  return isUnknown && (method?.value ?? 'CONNECT') === 'CONNECT';
}

/** An answer that names what only WebSockets negotiate. */
export function grantsHttp2WebSocket(fields: readonly HpackField[]): boolean {
  return fields.some(({ name }) => name?.toLowerCase().startsWith('sec-websocket-') === true);
}
