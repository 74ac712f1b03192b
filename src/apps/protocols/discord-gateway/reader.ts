import { messagePacket, wholeSpan } from '../../build-packet.js';
import { jsonText, parseJson } from '../../forms/json.js';
import type { AppContext, AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader } from '../../packet.js';
import { MOST_INFLATED, ZlibStreamPieces } from './pieces.js';
import { broken, NAME, RULES } from './rules.js';

interface OpcodeRow {
  readonly type: string;
  readonly by: 'client' | 'server' | 'both';
}

/** The documented ones; others exist, and are shown by their number. */
const OPCODES: Readonly<Record<number, OpcodeRow>> = {
  0: { type: 'DISPATCH', by: 'server' },
  1: { type: 'HEARTBEAT', by: 'both' },
  2: { type: 'IDENTIFY', by: 'client' },
  3: { type: 'PRESENCE_UPDATE', by: 'client' },
  4: { type: 'VOICE_STATE_UPDATE', by: 'client' },
  6: { type: 'RESUME', by: 'client' },
  7: { type: 'RECONNECT', by: 'server' },
  8: { type: 'REQUEST_GUILD_MEMBERS', by: 'client' },
  9: { type: 'INVALID_SESSION', by: 'server' },
  10: { type: 'HELLO', by: 'server' },
  11: { type: 'HEARTBEAT_ACK', by: 'server' },
  31: { type: 'REQUEST_SOUNDBOARD_SOUNDS', by: 'client' },
};
const LARGEST_OF_CLIENT = 4096;

interface GatewayPayload {
  readonly op: number;
  readonly type: string;
  readonly d: unknown;
  readonly s: unknown;
  readonly t: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class DiscordReader implements AppReader {
  private readonly pieces: ZlibStreamPieces | undefined;
  private isPartial: boolean;
  private hasHello = false;
  private hasIdentified = false;
  private isHeartbeatOpen = false;
  private last: number | undefined;
  /** It was said that messages cannot be read. */
  private isSilent = false;

  constructor(private readonly context: AppContext) {
    this.isPartial = context.isJoined;
    const isStream = /[?&]compress=zlib-stream(?:&|$)/.test(context.handshake.target ?? '');
    if (isStream && context.unpack) this.pieces = new ZlibStreamPieces(context.unpack);
  }

  lost(): void {
    this.isPartial = true;
    this.last = undefined;
    this.isHeartbeatOpen = false;
    this.pieces?.lost();
  }

  read(message: AppMessage): readonly AppPacket[] {
    if (message.isText) return [this.packet(message)];
    if (this.pieces !== undefined) return this.piece(message, this.pieces);
    // `compress` of IDENTIFY: each message is a zlib stream of its own.
    const bytes = this.context.unpack?.whole('zlib', message.bytes, MOST_INFLATED);
    return bytes === undefined ? this.unread(message) : [this.packet({ ...message, bytes, length: bytes.length })];
  }

  private piece(message: AppMessage, pieces: ZlibStreamPieces): AppPacket[] {
    const found = pieces.take(message);
    if (typeof found === 'object') {
      const { bytes, messages } = found;
      return [{ ...this.packet({ ...message, bytes, length: bytes.length }), messages }];
    }
    if (found === 'more' || found === 'closed') return [];
    return found === 'invalid' && !this.isPartial
      ? [
          messagePacket(message, {
            protocol: NAME,
            type: 'invalid',
            diagnostics: [broken('inflate', wholeSpan(message))],
            fields: () => [],
          }),
        ]
      : this.unread(message);
  }

  /** Once. */
  private unread(message: AppMessage): AppPacket[] {
    if (this.isSilent) return [];
    this.isSilent = true;
    const summary = 'not decompressed, nor the messages after it';
    return [messagePacket(message, { protocol: NAME, type: 'compressed', summary, fields: () => [] })];
  }

  private packet(message: AppMessage): AppPacket {
    const { direction, bytes, length } = message;
    const span = wholeSpan(message);
    const value = parseJson(bytes)?.value;
    if (!isObject(value) || typeof value['op'] !== 'number') {
      const diagnostics = [broken('json', span)];
      return messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics });
    }
    const { op, d, s, t } = value;
    const row = OPCODES[op];
    const payload: GatewayPayload = { op, type: row?.type ?? `op ${op}`, d, s, t };
    const isOther = isOthers(row, direction);
    const diagnostics: AppDiagnostic[] = [
      ...(isOther ? [broken('sender', span, { type: payload.type, side: direction })] : this.orderOf(payload, message)),
      ...(direction === 'client' && length > LARGEST_OF_CLIENT ? [broken('size', span, { bytes: length })] : []),
    ];
    return messagePacket(message, {
      protocol: NAME,
      type: payload.type,
      ...nameOf(payload),
      summary: summaryOf(payload),
      payload: value,
      diagnostics,
      ...(isOther ? {} : callOf(payload, message)),
      ...(op === 9 && { isError: true }),
    });
  }

  /** The rules that depend on what came before. */
  private orderOf({ type, s, t }: GatewayPayload, message: AppMessage): AppDiagnostic[] {
    const span = wholeSpan(message);
    switch (type) {
      case 'HELLO':
        this.hasHello = true;
        return [];
      case 'IDENTIFY':
      case 'RESUME': {
        const isSecond = type === 'IDENTIFY' && this.hasIdentified;
        this.hasIdentified = true;
        if (!this.hasHello && !this.isPartial) return [broken('before-hello', span, { type })];
        return isSecond ? [broken('second-identify', span)] : [];
      }
      case 'INVALID_SESSION':
        // The client may identify again.
        this.hasIdentified = false;
        return [];
      case 'HEARTBEAT_ACK':
        this.isHeartbeatOpen = false;
        return [];
      case 'HEARTBEAT':
        return this.heartbeat(message);
      case 'DISPATCH':
        return this.dispatch(s, t, span);
      default:
        return [];
    }
  }

  private heartbeat(message: AppMessage): AppDiagnostic[] {
    if (message.direction !== 'client') {
      // It asks for one at once, whatever is on its way.
      this.isHeartbeatOpen = false;
      return [];
    }
    const isUnanswered = this.isHeartbeatOpen;
    this.isHeartbeatOpen = true;
    return isUnanswered ? [broken('heartbeat-ack', wholeSpan(message))] : [];
  }

  private dispatch(s: unknown, t: unknown, span: AppDiagnostic['span']): AppDiagnostic[] {
    if (typeof t !== 'string') return [broken('dispatch-fields', span, { field: 'event name (t)' })];
    if (typeof s !== 'number') return [broken('dispatch-fields', span, { field: 'sequence number (s)' })];
    const { last } = this;
    this.last = s;
    return last !== undefined && s <= last ? [broken('sequence', span, { s, last })] : [];
  }
}

const isOthers = (row: OpcodeRow | undefined, side: AppMessage['direction']): boolean =>
  row !== undefined && row.by !== 'both' && side !== 'unknown' && row.by !== side;

const nameOf = ({ op, t }: GatewayPayload): { name?: string } => (op === 0 && typeof t === 'string' ? { name: t } : {});

function callOf({ type, t }: GatewayPayload, { direction }: AppMessage): Pick<AppPacket, 'asks' | 'answers'> {
  switch (type) {
    case 'HEARTBEAT':
      return direction === 'client' ? { asks: 'heartbeat' } : {};
    case 'HEARTBEAT_ACK':
      return { answers: [{ key: 'heartbeat' }] };
    case 'IDENTIFY':
    case 'RESUME':
      return { asks: type };
    case 'INVALID_SESSION':
      return { answers: [{ key: 'IDENTIFY' }, { key: 'RESUME' }] };
    case 'DISPATCH':
      if (t === 'READY') return { answers: [{ key: 'IDENTIFY' }] };
      return t === 'RESUMED' ? { answers: [{ key: 'RESUME' }] } : {};
    default:
      return {};
  }
}

/** No tokens. */
function summaryOf({ type, d, s }: GatewayPayload): string {
  if (type === 'IDENTIFY') return isObject(d) ? `intents ${jsonText(d['intents'])}` : '';
  if (type === 'RESUME')
    return isObject(d) ? `session ${jsonText(d['session_id'], 80)}, seq ${jsonText(d['seq'])}` : '';
  const content = d === undefined || d === null ? '' : jsonText(d);
  return [...(typeof s === 'number' ? [`s ${s}`] : []), ...(content === '' ? [] : [content])].join(' ');
}

export const DISCORD_GATEWAY: AppProtocol = {
  name: NAME,
  title: 'Discord Gateway',
  rules: RULES,
  open: (context) => new DiscordReader(context),
};
