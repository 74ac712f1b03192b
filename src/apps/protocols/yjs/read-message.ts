import { messagePacket } from '../../build-packet.js';
import type { AppMessage, AppPacket } from '../../packet.js';
import type { YjsSaid } from './document.js';
import { Lib0Fault, Lib0Reader } from './lib0.js';
import { collecting, type YjsBreak } from './rules.js';

/** Reads one message as a packet: `read` reads its parts, and gives the packet's type with what it says. */
export function readYjsMessage(
  protocol: string,
  message: AppMessage,
  read: (reader: Lib0Reader, broke: YjsBreak) => YjsSaid & { readonly type: string; readonly id?: string },
): AppPacket {
  const { bytes } = message;
  const reader = new Lib0Reader(bytes);
  const { found, broke } = collecting(protocol);
  let said: ReturnType<typeof read> = { type: 'invalid', summary: '' };
  try {
    said = read(reader, broke);
    if (reader.left > 0 && found.length === 0) broke('left-over', reader.at, bytes.length, { bytes: reader.left });
  } catch (error) {
    if (!(error instanceof Lib0Fault)) throw error;
    const { field, why, at } = error;
    broke('malformed', Math.min(at, Math.max(0, bytes.length - 1)), bytes.length, { field, why });
  }
  const end = reader.fields.at(-1)?.span.end ?? 0;
  const rest = { name: 'left over', span: { start: end, end: bytes.length }, value: `${bytes.length - end} bytes` };
  return messagePacket(message, {
    protocol,
    ...said,
    fields: () => (end < bytes.length ? [...reader.fields, rest] : reader.fields),
    diagnostics: found,
  });
}
