import { messagePacket } from './build-packet.js';
import { parseJson } from './forms/json.js';
import type { AppMessage, AppPacket } from './packet.js';

/** What a message holds as JSON: `cut` where it is longer than what is kept, so that nothing is known; `none` where it is no JSON. */
export type JsonContent = { readonly value: unknown } | 'cut' | 'none';

export function jsonContent(message: AppMessage): JsonContent {
  if (message.bytes.length < message.length) return 'cut';
  return parseJson(message.bytes) ?? 'none';
}

/** The packet of a message that is too long to be read. */
export function cutPacket(message: AppMessage, protocol: string): AppPacket {
  return messagePacket(message, {
    protocol,
    type: 'unread',
    summary: `${message.length} bytes, more than are read`,
    fields: () => [{ name: 'data', span: { start: 0, end: message.bytes.length }, value: 'not read' }],
  });
}
