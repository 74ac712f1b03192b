import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { ruleBook } from '../packet.js';
import type {
  AppContext,
  AppDiagnostic,
  AppField,
  AppMessage,
  AppPacket,
  AppProtocol,
  AppReader,
  AppRule,
} from '../packet.js';
import type { Direction } from '../../codec/messages/records.js';

const NAME = 'kubernetes';
const SPEC = 'Kubernetes remotecommand';
const FORWARD = 'Kubernetes portforward';

const RULES = {
  empty: {
    reference: `${SPEC}, channel.k8s.io`,
    requirement: 'A message begins with the number of its channel.',
    message: 'the message is empty',
  },
  channel: {
    reference: `${SPEC}, channel.k8s.io`,
    requirement: 'A message is for a channel of the stream.',
    message: 'the stream has no channel {channel}',
  },
  sender: {
    reference: `${SPEC}, channel.k8s.io`,
    requirement: 'A channel is written by its side.',
    message: '{type} is not a channel of the {side}',
  },
  'stdin-unasked': {
    reference: `${SPEC}, options`,
    requirement: 'The client writes stdin where it has asked for it.',
    message: 'stdin was not asked for in the request',
  },
  'close-version': {
    reference: `${SPEC}, v5.channel.k8s.io`,
    requirement: 'Channel 255 closes a channel from version 5 on.',
    message: 'channel 255 is not of version {version}',
  },
  'close-channel': {
    reference: `${SPEC}, v5.channel.k8s.io`,
    requirement: 'A message of channel 255 is the number of the channel that it closes.',
    message: 'the message names {bytes} bytes as the channel to close',
  },
  status: {
    reference: `${SPEC}, v4.channel.k8s.io`,
    requirement: 'From version 4 on the error channel carries a Status as JSON.',
    message: 'the error channel carries no Status',
  },
  'after-status': {
    reference: `${SPEC}, v4.channel.k8s.io`,
    requirement: 'The Status ends the output of the server.',
    message: '{type} after the Status',
  },
  resize: {
    reference: `${SPEC}, v3.channel.k8s.io`,
    requirement: 'A resize is JSON with the width and the height of the terminal.',
    message: 'the resize is no JSON with width and height',
  },
  form: {
    reference: `${SPEC}, channel.k8s.io`,
    requirement: 'Messages are binary messages, and text messages in the Base64 subprotocols.',
    message: 'the message is a {form} message',
  },
  base64: {
    reference: `${SPEC}, base64.channel.k8s.io`,
    requirement: 'What follows the channel is Base64.',
    message: 'what follows the channel is no Base64',
  },
  port: {
    reference: FORWARD,
    requirement: 'The first message of the server on a channel is the port in two bytes.',
    message: 'the first message of channel {channel} is not the port that was asked for',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);
type Fault = (rule: keyof typeof RULES, args?: AppDiagnostic['args']) => void;

const CHANNELS = ['stdin', 'stdout', 'stderr', 'error', 'resize'] as const;
const CLOSE = 255;
const ERROR = 3;

/** How the stream was requested. */
interface KubernetesAsked {
  readonly version: number | undefined;
  readonly isBase64: boolean | undefined;
  readonly isForward: boolean;
  /** Undefined: the request was not seen. */
  readonly hasStdin: boolean | undefined;
  readonly ports: readonly number[];
}

function askedFor({ target, subprotocol }: AppContext['handshake']): KubernetesAsked {
  const [, version = '1', base64] = /^(?:v(\d)\.)?(base64\.)?channel\.k8s\.io$/.exec(subprotocol ?? '') ?? [];
  const [path = '', query = ''] = (target ?? '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const isKnown = subprotocol !== undefined;
  return {
    version: isKnown ? Number(version) : undefined,
    isBase64: isKnown ? base64 !== undefined : undefined,
    isForward: /\/portforward$/.test(path),
    hasStdin: /\/(?:exec|attach)$/.test(path) ? /^(?:1|t|true)$/i.test(parameters.get('stdin') ?? '') : undefined,
    ports: parameters
      .getAll('ports')
      .flatMap((ports) => ports.split(','))
      .map(Number)
      .filter((port) => Number.isInteger(port)),
  };
}

/** A message: its channel, and what it carries. */
interface KubernetesPiece {
  readonly channel: number;
  readonly data: Uint8Array;
  /** Bytes of the message before the data. */
  readonly prefix: number;
}

class KubernetesReader implements AppReader {
  private isEnded = false;
  /** Channels whose port was seen; undefined: not all was seen. */
  private ported: Set<number> | undefined;

  constructor(
    private readonly asked: KubernetesAsked,
    isJoined: boolean,
  ) {
    this.ported = isJoined ? undefined : new Set();
  }

  read(message: AppMessage): readonly AppPacket[] {
    const { direction, isText, bytes, length } = message;
    const diagnostics: AppDiagnostic[] = [];
    const span = wholeSpan(message);
    const fault: Fault = (rule, args) => diagnostics.push(broken(rule, span, args));
    const { isBase64 = isText } = this.asked;
    if (length > 0 && isText !== isBase64) fault('form', { form: isText ? 'text' : 'binary' });
    const piece = length === 0 ? undefined : pieceOf(bytes, isBase64 && isText, fault);
    if (piece === undefined) {
      if (length === 0) fault('empty');
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => [] })];
    }
    const said = this.asked.isForward ? this.forwarded(piece, direction, fault) : this.command(piece, direction, fault);
    const { type, payload, isError, note = '' } = said;
    return [
      messagePacket(message, {
        protocol: NAME,
        type,
        summary: [note, payload === undefined ? '' : jsonText(payload)].filter(Boolean).join(' '),
        payload,
        diagnostics,
        fields: () => fieldsOf(message, piece, type),
        ...(isError && { isError }),
      }),
    ];
  }

  lost(direction: Direction): void {
    if (direction !== 'client') this.ported = undefined;
  }

  /** A channel of exec and attach. */
  private command({ channel, data }: KubernetesPiece, side: Direction, fault: Fault): KubernetesWords {
    if (channel === CLOSE) return this.close(data, fault);
    const type = CHANNELS[channel];
    if (type === undefined) {
      fault('channel', { channel });
      return { type: 'invalid', payload: shown(data) };
    }
    const isOfClient = type === 'stdin' || type === 'resize';
    if (side !== 'unknown' && isOfClient !== (side === 'client')) {
      fault('sender', { type, side });
      return { type, payload: shown(data) };
    }
    if (!isOfClient && this.isEnded) fault('after-status', { type });
    if (type === 'stdin' && this.asked.hasStdin === false) fault('stdin-unasked');
    if (type === 'resize') return sizeOf(data, fault);
    return channel === ERROR ? this.status(data, fault) : { type, payload: shown(data) };
  }

  private close(data: Uint8Array, fault: Fault): KubernetesWords {
    const { version } = this.asked;
    if (version !== undefined && version < 5) fault('close-version', { version });
    else if (data.length !== 1) fault('close-channel', { bytes: data.length });
    const closed = data[0];
    return { type: 'close', payload: closed, note: closed === undefined ? '' : (CHANNELS[closed] ?? '') };
  }

  private status(data: Uint8Array, fault: Fault): KubernetesWords {
    const status = parseJson(data)?.value;
    const isStatus = isObject(status) && typeof status['status'] === 'string';
    const isDue = (this.asked.version ?? 1) >= 4 && data.length > 0;
    if (isDue && !isStatus) fault('status');
    if (!isStatus) return { type: 'error', payload: shown(data), isError: !isDue && data.length > 0 };
    this.isEnded = true;
    return { type: 'error', payload: status, isError: status['status'] !== 'Success' };
  }

  private isClose(channel: number, data: Uint8Array): boolean {
    return channel === CLOSE && (this.asked.version ?? 5) >= 5 && data.length === 1;
  }

  /** A channel of port forward: data and errors of each port in turn. */
  private forwarded({ channel, data }: KubernetesPiece, side: Direction, fault: Fault): KubernetesWords {
    const { ports } = this.asked;
    if (this.isClose(channel, data)) return { type: 'close', payload: data[0] };
    const type = channel % 2 === 0 ? 'data' : 'error';
    const port = ports[channel >> 1];
    if (ports.length > 0 && port === undefined) fault('channel', { channel });
    if (side !== 'server' || this.ported === undefined || this.ported.has(channel))
      return { type, payload: shown(data), isError: type === 'error' && data.length > 0 };
    this.ported.add(channel);
    const stated = data.length === 2 ? data[0]! + 256 * data[1]! : undefined;
    if (stated === undefined || (port !== undefined && stated !== port)) fault('port', { channel });
    return { type, payload: stated ?? shown(data), note: 'port' };
  }
}

interface KubernetesWords {
  readonly type: string;
  readonly payload: unknown;
  readonly note?: string;
  readonly isError?: boolean;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function sizeOf(data: Uint8Array, fault: Fault): KubernetesWords {
  const size = parseJson(data)?.value;
  const names = isObject(size) ? Object.keys(size).map((name) => name.toLowerCase()) : [];
  if (!names.includes('width') || !names.includes('height')) fault('resize');
  return { type: 'resize', payload: size ?? shown(data) };
}

/** Text where it is text. */
function shown(data: Uint8Array): string | Uint8Array {
  return utf8Error(data) === undefined && !data.includes(0) ? decodeUtf8(data) : data.slice();
}

/** `isEncoded`: a digit, and Base64. Undefined: no channel. */
function pieceOf(bytes: Uint8Array, isEncoded: boolean, fault: Fault): KubernetesPiece | undefined {
  if (!isEncoded) return { channel: bytes[0]!, data: bytes.subarray(1), prefix: 1 };
  const channel = bytes[0]! - 0x30;
  if (channel < 0 || channel > 9) {
    fault('channel', { channel: decodeUtf8(bytes.subarray(0, 1)) });
    return undefined;
  }
  const text = decodeUtf8(bytes.subarray(1));
  const isRight = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
  if (!isRight) fault('base64');
  return { channel, data: isRight ? decoded(text) : bytes.slice(1), prefix: 1 };
}

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function fieldsOf({ bytes, isText }: AppMessage, { channel, prefix, data }: KubernetesPiece, type: string): AppField[] {
  const head: AppField = { name: 'channel', span: { start: 0, end: prefix }, value: channel };
  if (bytes.length <= prefix) return [head];
  const isJson = !isText && (type === 'resize' || type === 'error');
  const fields = isJson ? jsonFields(data, prefix) : [];
  const value = shown(data);
  return [
    head,
    {
      name: type,
      span: { start: prefix, end: bytes.length },
      value: typeof value === 'string' ? value : `${value.length} bytes`,
      ...(fields.length > 0 && { fields }),
    },
  ];
}

export const KUBERNETES: AppProtocol = {
  name: NAME,
  title: 'Kubernetes channels (exec, attach, port forward)',
  rules: RULES,
  open: ({ handshake, isJoined }) => new KubernetesReader(askedFor(handshake), isJoined),
};
