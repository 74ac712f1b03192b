import { jsonFields } from './forms/json.js';
import type { AppDiagnostic, AppMessage, AppPacket } from './packet.js';

type Given = Pick<AppPacket, 'protocol' | 'type'> & Partial<AppPacket>;

/** A packet that is one whole message; its fields are those of its JSON where nothing else is given. */
export function messagePacket(message: AppMessage, given: Given): AppPacket {
  const { bytes, index } = message;
  return { summary: '', bytes, messages: [index], diagnostics: [], fields: () => jsonFields(bytes), ...given };
}

/** The span of all of a message's bytes. */
export function wholeSpan({ bytes }: AppMessage): { start: number; end: number } {
  return { start: 0, end: bytes.length };
}

/** The packet of bytes, all of a message by default, that are none of the protocol's. */
export function invalidPacket(
  message: AppMessage,
  protocol: string,
  diagnostic: AppDiagnostic,
  bytes = message.bytes,
): AppPacket {
  return messagePacket(message, {
    protocol,
    type: 'invalid',
    bytes,
    diagnostics: [diagnostic],
    fields: () => jsonFields(bytes),
  });
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
