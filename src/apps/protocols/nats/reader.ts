import type { Direction } from '../../../codec/messages/records.js';
import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import { ByteStreamReader, type ByteLane } from '../../byte-stream.js';
import { carried } from '../../carried.js';
import { parseJson } from '../../forms/json.js';
import { idOf } from '../../forms/kinds.js';
import type { AppDiagnostic, AppField, AppMessage, AppPacket, AppProtocol } from '../../packet.js';
import { controlLine, lineEnd, type ControlLine, type OperationRow } from './operations.js';
import { broken, NAME, RULES } from './rules.js';
import { NatsState } from './state.js';

class NatsReader extends ByteStreamReader {
  private readonly state: NatsState;

  constructor(private readonly isJoined: boolean) {
    super(!isJoined);
    this.state = new NatsState(isJoined);
  }

  protected forget(): void {
    this.state.lost();
  }

  protected next(lane: ByteLane, message: AppMessage): AppPacket | undefined {
    const { unread } = lane.stream;
    if (lane.isLost || unread.length === 0) return undefined;
    const length = lineEnd(unread);
    if (length === 0) return undefined;
    const line = length < 0 ? undefined : controlLine(unread, length);
    if (line === undefined) return this.invalid(lane, length);
    const { carries } = line.row;
    // Bytes of a size that is not known may follow.
    if (line.fault !== undefined && carries !== undefined) return this.invalid(lane, length, line);
    lane.isSure = true;
    if (carries === undefined) return this.packet(line, lane, line.length, message);
    const size = Number(carries === 'headers' ? line.args['total'] : line.args['bytes']);
    const whole = line.length + size + 2;
    if (unread.length < whole) return undefined;
    const isEnded = unread[whole - 2] === 0x0d && unread[whole - 1] === 0x0a;
    if (!isEnded) return this.invalid(lane, whole, line, size);
    return this.packet(line, lane, whole, message);
  }

  /** What cannot be read, and after which nothing can; of a lane that was joined it says nothing. */
  private invalid(lane: ByteLane, length: number, line?: ControlLine, size?: number): AppPacket | undefined {
    const { isSure, stream } = lane;
    const { bytes, messages } = stream.take(length > 0 ? length : Math.min(stream.unread.length, 4096));
    lane.lose();
    this.state.lost();
    if (!isSure) return undefined;
    const span = { start: 0, end: bytes.length };
    const { type = '', fault: why = '' } = line ?? {};
    const diagnostic =
      line === undefined
        ? broken('operation', span)
        : size === undefined
          ? broken('arguments', span, { type, why })
          : broken('payload-end', { start: line.length + size, end: bytes.length }, { type, size });
    const fields = (): AppField[] => [{ name: 'unread', span, value: `${bytes.length} bytes` }];
    return { protocol: NAME, type: 'invalid', summary: '', bytes, messages, fields, diagnostics: [diagnostic] };
  }

  private packet(line: ControlLine, lane: ByteLane, whole: number, { direction }: AppMessage): AppPacket {
    const { bytes, messages } = lane.stream.take(whole);
    const { type, row, args } = line;
    const { subject, sid, error } = args;
    const body = bodyOf(line, bytes);
    const options = row.syntax === 'json' ? optionsOf(args['options']) : undefined;
    if (type === 'INFO' && options !== undefined) this.state.info(options);
    const isOther = isOthers(row.by, direction);
    const payload = options ?? error ?? body.payload;
    return {
      protocol: NAME,
      type,
      ...(subject !== undefined && { name: subject }),
      ...(sid !== undefined && { id: sid }),
      summary: summaryOf(line, options, body),
      ...(payload !== undefined && { payload }),
      bytes,
      messages,
      fields: () => [...line.fields, ...body.fields],
      diagnostics: [
        ...lineFaults(line, options, isOther ? direction : undefined),
        ...body.diagnostics,
        ...(isOther ? [] : this.state.take(line, body.size, direction, whole)),
      ],
      ...(isOther ? {} : this.state.callOf(line, direction)),
      ...((type === '-ERR' || /^[45]/.test(body.status ?? '')) && { isError: true }),
    };
  }
}

const isOthers = (by: OperationRow['by'], side: Direction): boolean =>
  by !== 'both' && side !== 'unknown' && by !== side;

/** What a line shows by itself; `other`: the side that sent an operation that is not its own. */
function lineFaults(
  { type, row, args, fault, length }: ControlLine,
  options: unknown,
  other: Direction | undefined,
): AppDiagnostic[] {
  const span = { start: 0, end: length };
  const { subject } = args;
  return [
    ...(fault === undefined ? [] : [broken('arguments', span, { type, why: fault })]),
    ...(other === undefined ? [] : [broken('sender', span, { type, side: other })]),
    ...(row.syntax === 'json' && options === undefined ? [broken('json', span, { type })] : []),
    ...(subject !== undefined && hasEmptyToken(subject) ? [broken('subject', span, { type, subject })] : []),
  ];
}

interface NatsBody {
  readonly size: number;
  readonly payload?: unknown;
  readonly shown?: string;
  /** Of the first line of the headers. */
  readonly status?: string;
  readonly fields: readonly AppField[];
  readonly diagnostics: readonly AppDiagnostic[];
}

function bodyOf({ type, row, args, length: start }: ControlLine, bytes: Uint8Array): NatsBody {
  if (row.carries === undefined) return { size: 0, fields: [], diagnostics: [] };
  const end = bytes.length - 2;
  const size = end - start;
  const given = row.carries === 'headers' ? Number(args['headers']) : 0;
  const isTooLarge = given > size;
  const at = start + Math.min(given, size);
  const headers = decodeUtf8(bytes.subarray(start, at));
  const { payload, shown } = carried(bytes.subarray(at, end));
  const fault = row.carries === 'payload' || isTooLarge ? undefined : headersFault(headers);
  const status = /^NATS\/1\.0 (\d{3})/.exec(headers)?.[1];
  return {
    size,
    payload: row.carries === 'payload' ? payload : { headers: headersOf(headers), payload },
    shown,
    ...(status !== undefined && { status }),
    fields: [
      ...(at > start ? [{ name: 'headers', span: { start, end: at }, value: headers }] : []),
      ...(end > at ? [{ name: 'payload', span: { start: at, end }, value: shown }] : []),
      { name: 'payload end', span: { start: end, end: bytes.length }, value: 'CRLF' },
    ],
    diagnostics: [
      ...(isTooLarge ? [broken('header-size', { start, end: at }, { type, headers: given, total: size })] : []),
      ...(fault === undefined ? [] : [broken('header-version', { start, end: at }, { type, why: fault })]),
    ],
  };
}

function headersFault(headers: string): string | undefined {
  if (!headers.startsWith('NATS/1.0')) return 'do not begin with NATS/1.0';
  return headers.endsWith('\r\n\r\n') ? undefined : 'do not end with an empty line';
}

/** Pairs of name and value, in their order: names may occur several times. */
function headersOf(headers: string): [string, string][] {
  return headers
    .split('\r\n')
    .slice(1)
    .filter((line) => line.includes(':'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

function optionsOf(text = ''): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(new TextEncoder().encode(text))?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function summaryOf(
  { args }: ControlLine,
  options: Readonly<Record<string, unknown>> | undefined,
  body: NatsBody,
): string {
  const named = (['queue', 'max', 'reply'] as const)
    .filter((name) => args[name] !== undefined)
    .map((name) => `${name} ${args[name]}`);
  return [...named, options && peerOf(options), args['error'], body.status, body.shown]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** What a side says of itself; no secrets. */
function peerOf(options: Readonly<Record<string, unknown>>): string {
  return ['server_name', 'name', 'lang', 'version', 'user', 'max_payload']
    .filter((key) => idOf(options[key]) !== undefined)
    .map((key) => `${key} ${String(options[key])}`)
    .join(', ');
}

const hasEmptyToken = (subject: string): boolean => /^\.|\.\.|\.$/.test(subject);

export const NATS: AppProtocol = {
  name: NAME,
  title: 'NATS client protocol',
  rules: RULES,
  open: ({ isJoined }) => new NatsReader(isJoined),
};
