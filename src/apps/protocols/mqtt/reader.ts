import type { Direction } from '../../../codec/messages/records.js';
import { ByteStreamReader, type ByteLane } from '../../byte-stream.js';
import { messagePacket, wholeSpan } from '../../build-packet.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol } from '../../packet.js';
import { Malformed, MqttBody } from './body.js';
import { MqttExchanges } from './exchanges.js';
import { CONTENTS, type MqttContent } from './packets.js';
import { broken, NAME, RULES, TYPES } from './rules.js';

/** A fixed header (MQTT 5.0 §2.1). */
interface FixedHeader {
  readonly type: number;
  readonly flags: number;
  /** Bytes of the header, and of the whole packet. */
  readonly length: number;
  readonly whole: number;
}

class MqttReader extends ByteStreamReader {
  private readonly exchanges: MqttExchanges;
  /** Directions with a DISCONNECT. */
  private readonly ended = new Set<Direction>();
  /** The protocol level of CONNECT: the whole connection's. */
  private level = 4;

  /** `isJoined`: what came before is not known. */
  constructor(private isJoined: boolean) {
    super(!isJoined);
    this.exchanges = new MqttExchanges(isJoined);
  }

  override read(message: AppMessage): readonly AppPacket[] {
    const packets = super.read(message);
    const [first, ...more] = packets;
    if (first === undefined || !message.isText) return packets;
    return [{ ...first, diagnostics: [broken('text-message', { start: 0, end: 1 }), ...first.diagnostics] }, ...more];
  }

  protected forget(): void {
    this.exchanges.lost();
    this.isJoined = true;
  }

  protected next(lane: ByteLane, message: AppMessage): AppPacket | undefined {
    const { stream } = lane;
    const header = lane.isLost ? undefined : fixedHeader(stream.unread);
    if (header === undefined) return undefined;
    if (header === 'too-long') {
      lane.isLost = true;
      const diagnostics = [broken('length', wholeSpan(message))];
      return messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => [] });
    }
    if (stream.unread.length < header.whole) return undefined;
    const { bytes, messages } = stream.take(header.whole);
    return this.packet(header, bytes, messages, message);
  }

  private packet(
    header: FixedHeader,
    bytes: Uint8Array,
    messages: readonly number[],
    { direction, time }: AppMessage,
  ): AppPacket {
    const { name: type = 'invalid', flags: expected } = TYPES[header.type] ?? {};
    const body = new MqttBody(bytes, 0, bytes.length, type);
    body.uint8('type and flags', () => type);
    body.varint('remaining length');
    const content = this.content(body, header, type, expected);
    if (content.level !== undefined) this.level = content.level;
    const state = this.exchanges.take(
      { type, content, direction, time, level: this.level, isEnded: this.ended.has(direction) },
      bytes.length,
    );
    if (type === 'DISCONNECT') this.ended.add(direction);
    const { id, name, summary, payload, properties } = content;
    const hasProperties = properties !== undefined && Object.keys(properties).length > 0;
    return {
      protocol: NAME,
      type,
      ...(state.topic !== undefined ? { name: state.topic } : name !== undefined && { name }),
      ...(id !== undefined && { id }),
      summary,
      ...(payload !== undefined || hasProperties ? { payload: hasProperties ? { properties, payload } : payload } : {}),
      bytes,
      messages,
      fields: () => body.fields,
      diagnostics: [
        ...body.diagnostics,
        ...this.senderFaults(header, type, direction, bytes.length),
        ...state.diagnostics,
      ],
      ...state.calls,
      ...(isFailure(type, content) && { isError: true }),
    };
  }

  private content(body: MqttBody, header: FixedHeader, type: string, expected: number | undefined): MqttContent {
    if (expected !== undefined && header.flags !== expected) {
      body.break('flags', 0, { type, flags: header.flags, expected });
    }
    const read = CONTENTS[type];
    if (read === undefined) {
      body.break('type', 0, { type: header.type });
      body.rest('body');
      return { summary: '' };
    }
    try {
      const content = read(body, this.level, header.flags);
      if (body.left > 0) {
        body.break('left-over', body.at, { type, bytes: body.left });
        body.rest('left over');
      }
      return content;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      body.at = error.at;
      body.break('malformed', error.at, { type, field: error.field });
      body.rest('unread');
      return { summary: '' };
    }
  }

  private senderFaults({ type: number }: FixedHeader, type: string, side: Direction, end: number): AppDiagnostic[] {
    const row = TYPES[number];
    const span = { start: 0, end };
    if (row === undefined || side === 'unknown') return [];
    if ((row.since ?? 0) > this.level) return [broken('type', span, { type: number })];
    const isServersDisconnect = type === 'DISCONNECT' && side === 'server' && this.level < 5 && !this.isJoined;
    const isOther = (row.by !== 'both' && row.by !== side) || isServersDisconnect;
    return isOther ? [broken('sender', span, { type, side })] : [];
  }
}

/** Before MQTT 5 a CONNACK refuses with any code but 0. */
function isFailure(type: string, { code = 0 }: MqttContent): boolean {
  return code >= 0x80 || (type === 'CONNACK' && code > 0);
}

function fixedHeader(bytes: Uint8Array): FixedHeader | 'too-long' | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  let remaining = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return { type: first >> 4, flags: first & 0x0f, length: i + 1, whole: i + 1 + remaining };
  }
  return 'too-long';
}

export const MQTT: AppProtocol = {
  name: NAME,
  title: 'MQTT 3.1, 3.1.1 and 5.0',
  rules: RULES,
  open: ({ isJoined }) => new MqttReader(isJoined),
};
