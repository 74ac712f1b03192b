import type { Direction } from '../../../codec/messages/records.js';
import type { Span } from '../../../codec/bytes/span.js';
import { ByteStreamReader, type ByteLane } from '../../byte-stream.js';
import { isFault } from '../../forms/form.js';
import { jsonText } from '../../forms/json.js';
import type { AppDiagnostic, AppField, AppMessage, AppPacket, AppProtocol } from '../../packet.js';
import { DESCRIPTORS, PERFORMATIVES, type PerformativeRow } from './performatives.js';
import { broken, NAME, RULES } from './rules.js';
import { AmqpState, isAmqpFailure, type AmqpBreak, type AmqpFields } from './state.js';
import { AmqpDescribed, AmqpValues } from './values.js';

/** Of a protocol header, and of the fixed part of a frame. */
const HEADER = 8;
const MAGIC = 0x414d5150;

class AmqpReader extends ByteStreamReader {
  private readonly state: AmqpState;

  constructor(private readonly isJoined: boolean) {
    super(false);
    this.state = new AmqpState(isJoined);
  }

  protected forget(): void {
    this.state.lost();
  }

  protected next(lane: ByteLane, { direction }: AppMessage): AppPacket | undefined {
    const { unread } = lane.stream;
    if (lane.isLost || unread.length < HEADER) return undefined;
    const view = new DataView(unread.buffer, unread.byteOffset, unread.byteLength);
    const size = view.getUint32(0);
    if (size === MAGIC) return this.header(lane, direction);
    if (!lane.isSure && !this.isJoined)
      return this.unreadable(lane, 'header', { why: 'the first bytes are no protocol header' });
    const words = view.getUint8(4);
    // A lane that was joined may begin anywhere.
    if (!lane.isSure && (words !== 2 || view.getUint8(5) > 1 || size < HEADER)) return this.unreadable(lane, 'size');
    if (size < HEADER) return this.unreadable(lane, 'size', { size, why: 'it is less than the 8 bytes of its header' });
    if (words < 2 || words * 4 > size) return this.unreadable(lane, 'data-offset', { words });
    if (unread.length < size) return undefined;
    lane.isSure = true;
    return this.frame(lane, size, direction);
  }

  /** What cannot be read, and after which nothing can; of a lane that was joined it says nothing. */
  private unreadable(
    lane: ByteLane,
    rule: keyof typeof RULES,
    args: AppDiagnostic['args'] = {},
  ): AppPacket | undefined {
    const isKnown = lane.isSure || !this.isJoined;
    const { bytes, messages } = lane.stream.take(Math.min(lane.stream.unread.length, 4096));
    lane.lose();
    this.state.lost();
    if (!isKnown) return undefined;
    const span = { start: 0, end: bytes.length };
    const fields = (): AppField[] => [{ name: 'unread', span, value: `${bytes.length} bytes` }];
    return {
      protocol: NAME,
      type: 'invalid',
      summary: '',
      bytes,
      messages,
      fields,
      diagnostics: [broken(rule, span, args)],
    };
  }

  private header(lane: ByteLane, direction: Direction): AppPacket {
    lane.isSure = true;
    const { bytes, messages } = lane.stream.take(HEADER);
    const { found, fault } = collecting(bytes.length);
    const [, , , , id = 0, major, minor, revision] = bytes;
    const layer = { 0: 'AMQP', 2: 'TLS', 3: 'SASL' }[id];
    const version = `${major}.${minor}.${revision}`;
    if (layer === undefined) fault('header', { why: `the protocol id ${id} is unknown` });
    else if (version !== '1.0.0') fault('header', { why: `the version is ${version}, not 1.0.0` });
    this.state.header(id, direction, fault);
    const fields = (): AppField[] => [
      { name: 'protocol', span: { start: 0, end: 4 }, value: 'AMQP' },
      { name: 'protocol id', span: { start: 4, end: 5 }, value: layer ?? id },
      { name: 'version', span: { start: 5, end: 8 }, value: version },
    ];
    const summary = `${layer ?? id} ${version}`;
    return { protocol: NAME, type: 'header', summary, bytes, messages, fields, diagnostics: found };
  }

  private frame(lane: ByteLane, size: number, direction: Direction): AppPacket {
    const limit = this.state.maxFrameSize(direction);
    const { bytes, messages } = lane.stream.take(size);
    const start = bytes[4]! * 4;
    const number = bytes[5]!;
    const channel = bytes[6]! * 256 + bytes[7]!;
    const { found, fault } = collecting(size);
    const isClosed = this.state.hasClosed(direction);
    const body = bodyOf(bytes, start, fault);
    const { fields, row } = body;
    const type = row?.type ?? (start === size ? 'empty' : 'invalid');
    if (size > limit) fault('size', { size, why: `max-frame-size of the other side is ${limit}` });
    if (!isTypeOf(number, row)) fault('frame-type', { number, type });
    if (isClosed) fault('after-close', { type });
    if (row?.isSasl) this.state.sasl(type, fault);
    const call = row === undefined || row.isSasl ? {} : this.state.take(type, fields, channel, direction, fault);
    const id = type === 'transfer' ? fields['delivery-id'] : undefined;
    return {
      protocol: NAME,
      type,
      ...(typeof id === 'number' && { id }),
      summary: summaryOf(type, fields, channel),
      ...(row !== undefined && { payload: payloadOf(body) }),
      bytes,
      messages,
      fields: () => [...fixedFields(bytes, start), ...body.parts],
      diagnostics: found,
      ...call,
      ...(isAmqpFailure(type, fields) && { isError: true }),
    };
  }
}

/** Frames of type 1 carry SASL, those of type 0 all else. */
const isTypeOf = (number: number, row: PerformativeRow | undefined): boolean =>
  row === undefined ? number <= 1 : number === (row.isSasl ? 1 : 0);

const payloadOf = ({ fields, message }: AmqpBody): AmqpFields =>
  message === undefined ? fields : { ...fields, message };

function collecting(end: number): { readonly found: AppDiagnostic[]; readonly fault: AmqpBreak } {
  const found: AppDiagnostic[] = [];
  return { found, fault: (rule, args) => void found.push(broken(rule, { start: 0, end }, args)) };
}

function fixedFields(bytes: Uint8Array, start: number): AppField[] {
  const field = (name: string, span: Span, value: number): AppField => ({ name, span, value });
  return [
    field('size', { start: 0, end: 4 }, bytes.length),
    field('data offset', { start: 4, end: 5 }, bytes[4]!),
    field('type', { start: 5, end: 6 }, bytes[5]!),
    field('channel', { start: 6, end: 8 }, bytes[6]! * 256 + bytes[7]!),
    ...(start > HEADER ? [field('extended header', { start: HEADER, end: start }, start - HEADER)] : []),
  ];
}

interface AmqpBody {
  readonly row?: PerformativeRow;
  readonly fields: AmqpFields;
  readonly parts: readonly AppField[];
  /** The sections of a message that is in one frame. */
  readonly message?: unknown;
}

/** The performative of a frame, and what follows it. */
function bodyOf(bytes: Uint8Array, start: number, fault: AmqpBreak): AmqpBody {
  if (start === bytes.length) return { fields: {}, parts: [] };
  const values = new AmqpValues(bytes, bytes.length);
  const rowOf = (code: unknown): PerformativeRow | undefined =>
    typeof code === 'number' ? PERFORMATIVES[code] : undefined;
  const read = values.read('performative', start, (code) => rowOf(code)?.fields);
  const rest = (from: number, name: string): AppField[] =>
    from < bytes.length
      ? [{ name, span: { start: from, end: bytes.length }, value: `${bytes.length - from} bytes` }]
      : [];
  if (isFault(read)) {
    fault('malformed', { why: read.fault });
    return { fields: {}, parts: rest(start, 'unread') };
  }
  const { value, end, field } = read;
  const row = value instanceof AmqpDescribed ? rowOf(value.descriptor) : undefined;
  const list: unknown = value instanceof AmqpDescribed ? value.value : undefined;
  if (row === undefined || !Array.isArray(list)) {
    fault('performative');
    return { fields: {}, parts: [field, ...rest(end, 'unread')] };
  }
  const fields = fieldsOf(row, list, fault);
  const { type } = row;
  const isTransfer = type === 'transfer';
  if (!isTransfer && end < bytes.length) fault('left-over', { type, bytes: bytes.length - end });
  const sections = isTransfer && fields['more'] !== true ? sectionsOf(bytes, end) : undefined;
  const after = sections?.parts ?? rest(end, isTransfer ? 'payload' : 'left over');
  return { row, fields, parts: [{ ...field, name: type }, ...after], ...(sections && { message: sections.message }) };
}

/** The fields by their names; null is as if it were left out. */
function fieldsOf(
  { type, fields: names, needs }: PerformativeRow,
  list: readonly unknown[],
  fault: AmqpBreak,
): AmqpFields {
  const entries = names.map((name, i): [string, unknown] => [name, list[i] ?? undefined]);
  const fields: AmqpFields = Object.fromEntries(entries.filter(([, part]) => part !== undefined));
  for (const name of needs) if (fields[name] === undefined) fault('missing-field', { type, field: name });
  return fields;
}

/** The sections of a message (AMQP 1.0 §3.2); undefined: the payload is none, or the end of one. */
function sectionsOf(bytes: Uint8Array, start: number): { message: unknown; parts: AppField[] } | undefined {
  const values = new AmqpValues(bytes, bytes.length);
  const message: Record<string, unknown> = {};
  const parts: AppField[] = [];
  for (let at = start; at < bytes.length;) {
    const read = values.read('section', at);
    if (isFault(read) || !(read.value instanceof AmqpDescribed)) return undefined;
    const { descriptor, value } = read.value;
    const name = typeof descriptor === 'number' && descriptor >= 0x70 ? DESCRIPTORS[descriptor] : undefined;
    if (name === undefined || parts.length > 1000) return undefined;
    message[name] = value;
    parts.push({ ...read.field, name });
    at = read.end;
  }
  return parts.length === 0 ? undefined : { message, parts };
}

/** What says most of each; no secrets. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  open: ['container-id', 'hostname', 'error'],
  begin: ['remote-channel'],
  attach: ['name', 'handle', 'role'],
  flow: ['handle', 'link-credit', 'delivery-count'],
  transfer: ['handle', 'settled', 'more'],
  disposition: ['role', 'first', 'last', 'settled', 'state'],
  detach: ['handle', 'closed', 'error'],
  end: ['error'],
  close: ['error'],
  sasl_mechanisms: ['sasl-server-mechanisms'],
  sasl_init: ['mechanism', 'hostname'],
  sasl_outcome: ['code'],
};

function summaryOf(type: string, fields: AmqpFields, channel: number): string {
  const said = (SHOWN[type] ?? [])
    .filter((name) => fields[name] !== undefined)
    .map((name) =>
      name === 'role' ? (fields[name] === true ? 'receiver' : 'sender') : `${name} ${shown(fields[name])}`,
    );
  return [...(type.startsWith('sasl') || type === 'empty' ? [] : [`channel ${channel}`]), ...said].join(', ');
}

function shown(value: unknown): string {
  if (!(value instanceof AmqpDescribed)) return typeof value === 'string' ? value.slice(0, 200) : jsonText(value);
  const name = typeof value.descriptor === 'number' ? DESCRIPTORS[value.descriptor] : undefined;
  const inner = jsonText(value.value);
  return [name ?? jsonText(value.descriptor), ...(inner === '[]' ? [] : [inner])].join(' ');
}

export const AMQP: AppProtocol = {
  name: NAME,
  title: 'AMQP 1.0',
  rules: RULES,
  open: ({ isJoined }) => new AmqpReader(isJoined),
};
