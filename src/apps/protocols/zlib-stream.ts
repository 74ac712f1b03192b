import { messagePacket, wholeSpan } from '../build-packet.js';
import { carried } from '../carried.js';
import { jsonText, parseJson } from '../forms/json.js';
import { ruleBook } from '../packet.js';
import type { AppContext, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';
import { ZlibStreamPieces } from './discord-gateway/pieces.js';

const NAME = 'zlib-stream';

const RULES = {
  inflate: {
    reference: 'RFC 1950 §2.2, RFC 1951 §3.2',
    requirement: 'The messages of the server are one zlib stream.',
    message: 'the message does not inflate: nothing after it can be read',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One zlib stream over the messages of the server; the messages of the client are plain. */
class ZlibStreamReader implements AppReader {
  private readonly pieces: ZlibStreamPieces | undefined;
  private inner: AppReader | undefined;
  /** It was said that messages cannot be read. */
  private isSilent = false;

  constructor(private readonly context: AppContext) {
    if (context.unpack) this.pieces = new ZlibStreamPieces(context.unpack);
  }

  lost(direction: AppMessage['direction']): void {
    if (direction !== 'client') this.pieces?.lost();
    this.inner?.lost?.(direction);
  }

  read(message: AppMessage): readonly AppPacket[] {
    if (message.isText) return this.plain(message);
    if (message.direction === 'client') return [];
    if (this.pieces === undefined) return this.unread(message);
    const found = this.pieces.take(message);
    if (typeof found === 'object') {
      const { bytes, messages } = found;
      const inflated = { ...message, bytes, length: bytes.length, isText: true };
      return this.plain(inflated).map((packet) => ({ ...packet, messages }));
    }
    if (found === 'more' || found === 'closed') return [];
    // A stream that is joined in its middle refers to what was not seen.
    if (found === 'too-large' || this.context.isJoined) return this.unread(message);
    const diagnostics = [broken('inflate', wholeSpan(message))];
    return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => [] })];
  }

  private unread(message: AppMessage): AppPacket[] {
    if (this.isSilent) return [];
    this.isSilent = true;
    const summary = 'not decompressed, nor the messages after it';
    return [messagePacket(message, { protocol: NAME, type: 'compressed', summary, fields: () => [] })];
  }

  private plain(message: AppMessage): readonly AppPacket[] {
    const value = parseJson(message.bytes);
    if (isGateway(value?.value)) this.inner ??= this.context.nested('discord-gateway');
    if (this.inner !== undefined) return this.inner.read(message) ?? [];
    if (value === undefined) {
      const { payload, shown } = carried(message.bytes);
      const type = typeof payload === 'string' ? 'text' : 'bytes';
      return [messagePacket(message, { protocol: NAME, type, summary: shown, payload, fields: () => [] })];
    }
    const name = isObject(value.value) ? value.value['t'] : undefined;
    return [
      messagePacket(message, {
        protocol: NAME,
        type: 'json',
        ...(typeof name === 'string' && { name }),
        summary: jsonText(value.value),
        payload: value.value,
      }),
    ];
  }
}

/** What only a gateway of Discord says: a HELLO with all four members, or the client's IDENTIFY or RESUME with its token. */
function isGateway(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['d'])) return false;
  const { op, d } = value;
  if (op === 10) return 'heartbeat_interval' in d && 's' in value && 't' in value;
  return (op === 2 && 'token' in d && 'properties' in d) || (op === 6 && 'token' in d && 'session_id' in d);
}

export const ZLIB_STREAM: AppProtocol = {
  name: NAME,
  title: 'zlib-stream: one zlib stream over messages',
  rules: RULES,
  open: (context) => new ZlibStreamReader(context),
};
