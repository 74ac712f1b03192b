import type { Direction } from '../../../codec/messages/records.js';
import { jsonText } from '../../forms/json.js';
import { isWhole } from '../../forms/kinds.js';
import type { AppDiagnostic, AppMessage, AppPacket, AppProtocol, AppReader } from '../../packet.js';
import { jsonMessage, jsonMessages, msgpackMessages, type HubMessage } from './messages.js';
import { broken, NAME, RULES, TYPES } from './rules.js';
import { SignalrSession } from './session.js';

type SignalrForm = 'json' | 'msgpack';

const FORMS: Readonly<Record<string, SignalrForm>> = { json: 'json', messagepack: 'msgpack', blazorpack: 'msgpack' };
const BRACE = 0x7b;

class SignalrReader implements AppReader {
  private readonly session: SignalrSession;
  /** Sides whose part of the handshake is over, or was not seen. */
  private readonly shaken: Record<Direction, boolean>;
  /** As the client has requested it. */
  private form: SignalrForm | undefined;

  constructor(isJoined: boolean) {
    this.session = new SignalrSession(isJoined);
    this.shaken = { client: isJoined, server: isJoined, unknown: true };
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { bytes } = message;
    const shake = this.handshake(message);
    const rest = bytes.subarray(shake?.bytes.length ?? 0);
    const form = this.form ?? (message.isText ? 'json' : 'msgpack');
    const found = form === 'json' ? jsonMessages(rest) : msgpackMessages(rest);
    const packets = found.map((one) => this.hubPacket(one, message));
    const [first, ...more] = packets;
    const isText = first !== undefined && form === 'msgpack' && message.isText;
    const hub = isText
      ? [{ ...first, diagnostics: [broken('text-message', { start: 0, end: 1 }), ...first.diagnostics] }, ...more]
      : packets;
    return shake === undefined ? hub : [handshakePacket(shake, message), ...hub];
  }

  lost(direction: Direction): void {
    this.session.lost(direction);
    this.shaken[direction] = true;
  }

  /** The handshake that the message begins with: JSON without a type, in both forms. */
  private handshake({ bytes, direction }: AppMessage): HubMessage | undefined {
    if (bytes[0] !== BRACE) return undefined;
    const first = jsonMessage(bytes);
    const { members, diagnostics } = first;
    if ('type' in members || diagnostics.length > 0) return undefined;
    const isRequest = 'protocol' in members && 'version' in members;
    if (this.shaken[direction] && !isRequest && !(direction === 'server' && isAnswer(members))) return undefined;
    if (direction === 'client' && !isRequest) return undefined;
    const { protocol } = members;
    if (isRequest && typeof protocol === 'string')
      this.form = Object.hasOwn(FORMS, protocol) ? FORMS[protocol] : undefined;
    this.shaken[direction] = true;
    return first;
  }

  /** A connection that is taken up again has no handshake: Sequence comes first. */
  private first({ type, bytes }: HubMessage, side: Direction): AppDiagnostic[] {
    const isFirst = !this.shaken[side];
    this.shaken[side] = true;
    return isFirst && type !== 9 ? [broken('handshake', { start: 0, end: bytes.length }, { side })] : [];
  }

  private hubPacket(one: HubMessage, { direction, index }: AppMessage): AppPacket {
    const { type, members, bytes, fields } = one;
    const row = rowOf(type);
    const state = row === undefined ? undefined : this.session.take(one, direction);
    const diagnostics: AppDiagnostic[] = [
      ...this.first(one, direction),
      ...one.diagnostics,
      ...shapeOf(one, row?.name),
      ...(state?.diagnostics ?? []),
    ];
    const { target, invocationId: id } = members;
    const payload = payloadOf(one);
    return {
      protocol: NAME,
      type: row?.name ?? 'invalid',
      ...(typeof target === 'string' && { name: target }),
      ...(typeof id === 'string' && { id }),
      summary: payload === undefined ? '' : jsonText(payload),
      ...(payload !== undefined && { payload }),
      bytes,
      messages: [index],
      fields,
      diagnostics,
      ...state?.calls,
      ...(type === 3 && isFailed(members) && { isError: true }),
    };
  }
}

function rowOf(type: number | undefined): (typeof TYPES)[number] | undefined {
  return type !== undefined && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** An answer to a handshake: nothing, or an error. */
function isAnswer(members: HubMessage['members']): boolean {
  const names = Object.keys(members);
  return names.length === 0 || (names.length <= 2 && typeof members['error'] === 'string');
}

function handshakePacket({ members, bytes, fields }: HubMessage, { index, direction }: AppMessage): AppPacket {
  const isRequest = direction === 'client' || 'protocol' in members;
  return {
    protocol: NAME,
    type: isRequest ? 'HandshakeRequest' : 'HandshakeResponse',
    summary: jsonText(members),
    payload: members,
    bytes,
    messages: [index],
    fields,
    diagnostics: [],
    ...(isRequest ? { asks: 'handshake' } : { answers: [{ key: 'handshake' }] }),
    ...(!isRequest && 'error' in members && { isError: true }),
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
/** What a type has to have, and of which kind. */
const NEEDS: Readonly<Record<number, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  1: { target: isText, arguments: Array.isArray },
  2: { invocationId: isText, item: (value) => value !== undefined },
  3: { invocationId: isText },
  4: { invocationId: isText, target: isText, arguments: Array.isArray },
  5: { invocationId: isText },
  8: { sequenceId: isWhole },
  9: { sequenceId: isWhole },
};

function shapeOf({ type, members, bytes, diagnostics }: HubMessage, name: string | undefined): AppDiagnostic[] {
  const span = { start: 0, end: bytes.length };
  if (name === undefined || type === undefined) {
    if (diagnostics.length > 0) return [];
    return [type === undefined ? broken('json', span) : broken('unknown-type', span, { type })];
  }
  const missing = Object.entries(NEEDS[type] ?? {}).flatMap(([field, isRight]) =>
    isRight(members[field]) ? [] : [field],
  );
  const { kind, result, error } = members;
  const isKindWrong = type === 3 && kind !== undefined && kind !== 1 && kind !== 2 && kind !== 3;
  const isBoth = type === 3 && kind === undefined && isGiven(result) && isGiven(error);
  return [
    ...missing.map((field) => broken('missing-field', span, { type: name, field })),
    ...(isKindWrong ? [broken('completion-kind', span, { kind: jsonText(kind, 40) })] : []),
    ...(isBoth ? [broken('result-and-error', span)] : []),
  ];
}

/** In the MessagePack form the kind says whether it is an error or a result. */
function isFailed({ kind, error }: HubMessage['members']): boolean {
  return kind === undefined ? isGiven(error) : kind === 1;
}

function payloadOf({ type, members }: HubMessage): unknown {
  switch (type) {
    case 1:
    case 4:
      return members['arguments'];
    case 2:
      return members['item'];
    case 3:
      if (members['kind'] === 1) return { error: members['result'] };
      return isGiven(members['error']) ? { error: members['error'] } : members['result'];
    case 7: {
      const { error, allowReconnect } = members;
      const said = { ...(isGiven(error) && { error }), ...(isGiven(allowReconnect) && { allowReconnect }) };
      return Object.keys(said).length > 0 ? said : undefined;
    }
    case 8:
    case 9:
      return members['sequenceId'];
    default:
      return undefined;
  }
}

export const SIGNALR: AppProtocol = {
  name: NAME,
  title: 'SignalR (ASP.NET Core)',
  rules: RULES,
  open: ({ isJoined }) => new SignalrReader(isJoined),
};
