import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import { messagePacket } from '../build-packet.js';
import { jsonFields, jsonText, parseJson } from '../forms/json.js';
import { isObject, isText, line, type JsonObject } from '../forms/kinds.js';
import { ruleBook } from '../packet.js';
import type { AppDiagnostic, AppField, AppMessage, AppPacket, AppProtocol, AppReader, AppRule } from '../packet.js';

const NAME = 'jupyter';

const RULES = {
  json: {
    reference: 'Jupyter Server, WebSocket kernel wire protocol, default',
    requirement: 'A text message is a JSON object.',
    message: 'the message is no JSON object',
  },
  offsets: {
    reference: 'Jupyter Server, WebSocket kernel wire protocol',
    requirement: 'The offsets of a binary message grow, and are inside of it.',
    message: 'the offsets of the parts are not in the message, or do not grow',
  },
  header: {
    reference: 'Jupyter messaging 5.3, Message header',
    requirement: 'A message has a header with msg_id and msg_type.',
    message: 'the header has no {member}',
  },
  content: {
    reference: 'Jupyter messaging 5.3, Content',
    requirement: 'A message has a content, which is an object.',
    message: 'the content is missing, or no object',
  },
  channel: {
    reference: 'Jupyter Server, WebSocket kernel wire protocol',
    requirement: 'A message is on one of the channels shell, control, iopub and stdin.',
    message: '"{channel}" is no channel',
  },
  'id-used': {
    reference: 'Jupyter messaging 5.3, Message header',
    requirement: 'The msg_id of a message is unique.',
    message: 'the msg_id "{id}" was that of another message of the client',
  },
} as const satisfies Record<string, AppRule>;

const broken = ruleBook(NAME, RULES);

const CHANNELS = new Set(['shell', 'control', 'iopub', 'stdin']);
const V1 = 'v1.kernel.websocket.jupyter.org';
const MOST_PARTS = 1000;
const MOST_IDS = 10_000;

/** A message without its framing. */
interface JupyterWords {
  readonly channel: unknown;
  readonly header: JsonObject;
  readonly parent: JsonObject;
  readonly content: unknown;
  readonly buffers: number;
  readonly fields: () => readonly AppField[];
}

/** A part of a binary message, by its offsets. */
interface JupyterPart {
  readonly start: number;
  readonly end: number;
}

class JupyterReader implements AppReader {
  private readonly used = new Map<string, string>();
  /** Calls whose reply, or whose idle status, was seen: both are needed, in any order. */
  private readonly halves = new Map<string, 'reply' | 'idle'>();

  constructor(private readonly isV1: boolean) {}

  read(message: AppMessage): readonly AppPacket[] {
    const said = message.isText ? textSaid(message) : binarySaid(message, this.isV1);
    if (said === undefined) {
      const span = { start: 0, end: message.bytes.length };
      const diagnostics = [broken(message.isText ? 'json' : 'offsets', span)];
      const fields = [{ name: 'data', span, value: `${message.bytes.length} bytes` }];
      return [messagePacket(message, { protocol: NAME, type: 'invalid', diagnostics, fields: () => fields })];
    }
    const { header, content, fields } = said;
    const { msg_type: type, msg_id: id } = header;
    const isFailure = isObject(content) && content['status'] === 'error';
    return [
      messagePacket(message, {
        protocol: NAME,
        type: isText(type) ? type : 'invalid',
        ...(isText(id) && { id }),
        summary: summaryOf(said),
        payload: content,
        fields,
        diagnostics: this.judge(said, message),
        ...this.linksOf(said),
        ...((isFailure || type === 'error') && { isError: true }),
      }),
    ];
  }

  private judge({ channel, header, content }: JupyterWords, message: AppMessage): AppDiagnostic[] {
    const span = { start: 0, end: message.bytes.length };
    const { msg_id: id, msg_type: type } = header;
    const faults: AppDiagnostic[] = [];
    if (!isText(id)) faults.push(broken('header', span, { member: 'msg_id' }));
    if (!isText(type)) faults.push(broken('header', span, { member: 'msg_type' }));
    if (!isObject(content)) faults.push(broken('content', span));
    if (isText(channel) && !CHANNELS.has(channel)) faults.push(broken('channel', span, { channel }));
    if (isText(id) && message.direction === 'client') return [...faults, ...this.use(id, String(type), span)];
    return faults;
  }

  private use(id: string, type: string, span: AppDiagnostic['span']): AppDiagnostic[] {
    const isUsed = this.used.has(id);
    if (this.used.size < MOST_IDS) this.used.set(id, type);
    return isUsed ? [broken('id-used', span, { id })] : [];
  }

  /** What a kernel says of a request has it as parent: output, a reply, and that it is idle again. */
  private linksOf({ header, parent, content }: JupyterWords): Pick<AppPacket, 'asks' | 'answers'> {
    const { msg_id: id, msg_type: type } = header;
    const { msg_id: key } = parent;
    const asks = isText(type) && type.endsWith('_request') && isText(id) ? { asks: id } : {};
    if (!isText(key) || key === '') return asks;
    return { ...asks, answers: [{ key, isLast: this.ends(key, String(type), content) }] };
  }

  private ends(key: string, type: string, content: unknown): boolean {
    if (type === 'input_reply') return true;
    const isIdle = type === 'status' && isObject(content) && content['execution_state'] === 'idle';
    const half = isIdle ? 'idle' : type.endsWith('_reply') ? 'reply' : undefined;
    if (half === undefined) return false;
    const other = this.halves.get(key);
    if (other !== undefined && other !== half) {
      this.halves.delete(key);
      return true;
    }
    if (this.halves.size < MOST_IDS) this.halves.set(key, half);
    return false;
  }
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

function textSaid({ bytes }: AppMessage): JupyterWords | undefined {
  const value = parseJson(bytes)?.value;
  return isObject(value) ? saidOf(value, 0, () => jsonFields(bytes)) : undefined;
}

function saidOf(value: JsonObject, buffers: number, fields: JupyterWords['fields']): JupyterWords {
  const { channel, header, parent_header: parent, content } = value;
  return { channel, header: objectOf(header), parent: objectOf(parent), content, buffers, fields };
}

/** Version 1: a count and offsets of 64 bits, little endian; before that a count and offsets of 32 bits, big endian. */
function binarySaid({ bytes }: AppMessage, isV1: boolean): JupyterWords | undefined {
  const parts = isV1 ? partsOf(bytes, 8) : partsOf(bytes, 4);
  if (parts === undefined) return undefined;
  const bytesOf = ({ start, end }: JupyterPart): Uint8Array => bytes.subarray(start, end);
  if (!isV1) {
    const [json, ...buffers] = parts;
    const value = json && parseJson(bytesOf(json))?.value;
    return isObject(value) ? saidOf(value, buffers.length, () => partFields(bytes, parts, ['message'])) : undefined;
  }
  const [channel, header, parent, , content, ...buffers] = parts;
  if (content === undefined) return undefined;
  const jsonOf = (part: JupyterPart | undefined): unknown => part && parseJson(bytesOf(part))?.value;
  const said = {
    channel: channel && decodeUtf8(bytesOf(channel)),
    header: jsonOf(header),
    parent_header: jsonOf(parent),
    content: jsonOf(content),
  };
  return saidOf(said, buffers.length, () =>
    partFields(bytes, parts, ['channel', 'header', 'parent_header', 'metadata', 'content']),
  );
}

function partsOf(bytes: Uint8Array, size: 4 | 8): readonly JupyterPart[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (i: number): number => (size === 8 ? Number(view.getBigUint64(i * 8, true)) : view.getUint32(i * 4));
  const count = bytes.length < size ? 0 : at(0);
  if (count < 1 || count > MOST_PARTS || (count + 1) * size > bytes.length) return undefined;
  const offsets = Array.from({ length: count }, (_, i) => at(i + 1));
  // Version 1 has the end of the last part too.
  if (size === 4) offsets.push(bytes.length);
  const isRight = offsets.every((offset, i) => offset >= (offsets[i - 1] ?? size) && offset <= bytes.length);
  return isRight ? offsets.slice(0, -1).map((start, i) => ({ start, end: offsets[i + 1]! })) : undefined;
}

function partFields(bytes: Uint8Array, parts: readonly JupyterPart[], names: readonly string[]): AppField[] {
  const [first] = parts;
  const head = { name: 'offsets', span: { start: 0, end: first?.start ?? bytes.length }, value: parts.length };
  const fields = parts.map(({ start, end }, i): AppField => {
    const name = names[i] ?? `buffer ${i - names.length}`;
    const isJson = i < names.length && name !== 'channel';
    const inner = isJson ? jsonFields(bytes.subarray(start, end), start) : [];
    const value = `${end - start} bytes`;
    return { name, span: { start, end }, value, ...(inner.length > 0 && { fields: inner }) };
  });
  return [head, ...fields];
}

function summaryOf({ channel, content, buffers }: JupyterWords): string {
  const { execution_state: state, code, text, ename, evalue } = objectOf(content);
  const [first = jsonText(content)] = [state, code, text].filter(isText);
  const shown = isText(ename) ? line(`${ename}:`, isText(evalue) ? evalue : '') : first;
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return line(isText(channel) ? channel : '', short.replace(/\s+/g, ' '), buffers > 0 ? `${buffers} buffers` : '');
}

export const JUPYTER: AppProtocol = {
  name: NAME,
  title: 'Jupyter kernel messages',
  rules: RULES,
  open: ({ handshake }) => new JupyterReader(handshake.subprotocol === V1),
};
