import { withNested } from '../../src/apps/nested.js';
import { openApp } from '../../src/apps/registry.js';
import type { AppContext, AppPacket, AppReader } from '../../src/apps/packet.js';
import type { Direction } from '../../src/codec/messages/records.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';

export type Sent = readonly [Direction | 'C' | 'S', string | Uint8Array];

/** A reader of that protocol, its conversation seen from the start unless `context` says otherwise. */
export function readerOf(name: string, context: Partial<Omit<AppContext, 'nested'>> = {}): AppReader {
  return openApp(name, withNested(openApp, { handshake: {}, isJoined: false, ...context }))!;
}

/** The packets of messages that are sent one after another; texts are text messages. */
export function readAll(reader: AppReader, sent: readonly Sent[]): AppPacket[] {
  return sent.flatMap(([side, content], index) => {
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
    const direction = side === 'C' ? 'client' : side === 'S' ? 'server' : side;
    const isText = typeof content === 'string';
    return [...(reader.read({ index, direction, isText, bytes, length: bytes.length, time: index }) ?? [])];
  });
}

/** `type name` of each, and the codes of its diagnostics. */
export const said = (packets: readonly AppPacket[]): string[] =>
  packets.map(({ type, name, diagnostics }) =>
    [type, ...(name === undefined ? [] : [name]), ...diagnostics.map(({ code }) => `!${code}`)].join(' '),
  );

/** All codes. */
export const codes = (packets: readonly AppPacket[]): string[] =>
  packets.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
