import { hostPort } from '../../codec/bytes/endpoint.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { JsonScanner, type JsonPath, type JsonTaker } from './json-scanner.js';
import { BadRecord, frameAround, fromBase64, headBytes, isFields, textField, type Fields } from './record-bytes.js';
import type { RecordingReader, RecordingVisitor } from './recording.js';

export interface HarLimits {
  /** Bytes of a message's record. */
  readonly message: number;
  /** Bytes of the other parts of an entry that are read, each. */
  readonly part: number;
  /** Bytes of messages that stand in front of the request that they belong to. */
  readonly early: number;
}

const LIMITS: HarLimits = { message: 128 * 1024 * 1024, part: 16 * 1024 * 1024, early: 256 * 1024 * 1024 };

const MESSAGES = '_webSocketMessages';
/** What is read of an entry besides. */
const PARTS: readonly string[] = [
  ...['request', 'response', 'startedDateTime', 'time', 'serverIPAddress'],
  ...['_resourceType', '_client', '_server'],
];
const NOTICE =
  'a HAR keeps messages, not frames: each is shown as one frame, with a masking key made up; ' +
  'there are no control frames and no other faults of frames in it';

interface Message {
  readonly side: Side;
  readonly bytes: Uint8Array;
  /** Bytes of its frame that were not kept. */
  readonly missing: number;
  readonly time: number;
}

/** The entry that is being read. */
interface Entry {
  readonly parts: Record<string, unknown>;
  hasMessages: boolean;
  /** Its connection has begun. */
  begun: boolean;
  early: Message[];
  earlyBytes: number;
  last: number;
}

/** Reads the WebSockets of an HTTP archive (HAR 1.2, with the messages that browsers put into it). Other entries are passed over. */
export class HarReader implements RecordingReader, JsonTaker {
  private readonly scanner = new JsonScanner(this);
  private entry: Entry | undefined;
  private visitor!: RecordingVisitor;
  private connections = 0;
  private messages = 0;
  private isHar = false;
  private failed = false;

  constructor(private readonly limits: HarLimits = LIMITS) {}

  push(chunk: Uint8Array, visitor: RecordingVisitor): void {
    if (this.failed) return;
    this.visitor = visitor;
    this.scanner.push(chunk);
    this.tellProblem();
  }

  end(visitor: RecordingVisitor): void {
    if (this.failed) return;
    this.visitor = visitor;
    this.scanner.end();
    // What came of an entry that is cut off is shown.
    if (this.scanner.problem !== undefined && this.entry?.hasMessages) this.finish(this.entry);
    this.tellProblem();
    if (!this.failed && !this.isHar) this.fail('no HAR: it has no log');
  }

  plan(path: JsonPath): 'enter' | 'pass' | number {
    const [root, list, , name] = path;
    if (path.length > 0 && (root !== 'log' || (path.length > 1 && list !== 'entries'))) return 'pass';
    if (path.length === 1) this.isHar = true;
    if (path.length < 3) return 'enter';
    if (path.length === 3) {
      this.entry = { parts: {}, hasMessages: false, begun: false, early: [], earlyBytes: 0, last: NaN };
      return 'enter';
    }
    if (name === MESSAGES) {
      this.entry!.hasMessages = true;
      return path.length === 4 ? 'enter' : this.limits.message;
    }
    return PARTS.includes(name as string) ? this.limits.part : 'pass';
  }

  value(path: JsonPath, text: string): void {
    const { entry } = this;
    if (entry === undefined) return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.damaged('no JSON');
    }
    if (path.length === 4) entry.parts[path[3] as string] = value;
    else this.message(entry, value);
  }

  left(path: JsonPath): void {
    if (path.length !== 3 || this.entry === undefined) return;
    const { entry } = this;
    this.entry = undefined;
    const { _resourceType: type, response } = entry.parts;
    const isUpgraded = isFields(response) && response['status'] === 101;
    if (entry.hasMessages || type === 'websocket' || isUpgraded) this.finish(entry);
  }

  private tellProblem(): void {
    const { problem } = this.scanner;
    if (problem !== undefined && !this.failed) this.fail(problem);
  }

  private fail(message: string): void {
    this.failed = true;
    this.visitor.problem(message);
  }

  private damaged(message: string): void {
    this.visitor.damage(`entry ${this.connections}: ${message}`);
  }

  private message(entry: Entry, value: unknown): void {
    let message: Message | undefined;
    try {
      message = this.messageOf(value);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      return this.damaged(`a message: ${error.message}`);
    }
    if (message === undefined) return;
    if (!entry.begun && entry.parts['request'] !== undefined && entry.parts['response'] !== undefined) {
      this.begin(entry);
    }
    if (entry.begun) return this.tell(entry, message);
    // Browsers write the messages first: they wait for the handshake.
    entry.early.push(message);
    entry.earlyBytes += message.bytes.length + 64;
    if (entry.earlyBytes > this.limits.early && !this.failed) {
      this.fail(`the messages in front of an entry's request are more than ${this.limits.early} bytes`);
    }
  }

  /** Undefined: it tells of an error, and has no bytes. */
  private messageOf(value: unknown): Message | undefined {
    if (!isFields(value)) throw new BadRecord('no object');
    const { type, opcode, time } = value;
    if (type !== 'send' && type !== 'receive') return undefined;
    if (typeof opcode !== 'number' || !Number.isInteger(opcode) || opcode < 1 || opcode > 10) {
      throw new BadRecord('opcode is none');
    }
    const data = textField(value, 'data') ?? '';
    const payload = opcode === 1 ? encodeUtf8(data) : fromBase64(data);
    const side = type === 'send' ? 0 : 1;
    const { _bytes: whole } = value;
    const isCut = Number.isSafeInteger(whole) && (whole as number) > payload.length;
    const length = isCut ? (whole as number) : payload.length;
    const bytes = frameAround(opcode, payload, length, side, this.messages++);
    return {
      side,
      bytes,
      missing: length - payload.length,
      time: typeof time === 'number' && time >= 0 && time < 2 ** 40 ? time : NaN,
    };
  }

  private begin(entry: Entry): void {
    entry.begun = true;
    const { visitor } = this;
    const { parts } = entry;
    const number = this.connections;
    if (number === 0) visitor.notice(NOTICE);
    const opened = typeof parts['startedDateTime'] === 'string' ? Date.parse(parts['startedDateTime']) / 1000 : NaN;
    const client = optional(parts['_client']);
    const server = optional(parts['_server']) ?? serverOf(parts);
    visitor.opened(
      number,
      { ...(client !== undefined && { client }), ...(server !== undefined && { server }) },
      opened,
    );
    entry.last = opened;
    for (const side of [0, 1] as const) {
      const head = headIn(parts[side === 0 ? 'request' : 'response'], side);
      if (head) visitor.bytes(number, side, head, opened);
    }
    for (const message of entry.early.splice(0)) this.tell(entry, message);
  }

  private tell(entry: Entry, { side, bytes, missing, time }: Message): void {
    if (!Number.isNaN(time)) entry.last = time;
    this.visitor.bytes(this.connections, side, bytes, time);
    if (missing > 0) this.visitor.gap(this.connections, side, missing, time);
  }

  private finish(entry: Entry): void {
    if (!entry.begun) this.begin(entry);
    this.visitor.closed(this.connections, { reason: 'end' }, entry.last);
    this.connections++;
  }
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The first line and the headers of an entry's request or response; undefined where they are not told. */
function headIn(part: unknown, side: Side): Uint8Array | undefined {
  if (!isFields(part) || !Array.isArray(part['headers']) || part['headers'].length === 0) return undefined;
  const headers = (part['headers'] as readonly unknown[]).flatMap((header) => {
    const { name, value } = isFields(header) ? header : ({} as Fields);
    // RFC 8441 has fields that no head of HTTP/1.1 has.
    return typeof name === 'string' && typeof value === 'string' && !name.startsWith(':') ? [[name, value]] : [];
  });
  return headBytes(side === 0 ? requestLine(part) : statusLine(part), headers);
}

function requestLine({ method, url, httpVersion }: Fields): string {
  return `${word(method, 'GET')} ${targetOf(url)} ${version(httpVersion)}`;
}

function statusLine({ status, statusText, httpVersion }: Fields): string {
  return `${version(httpVersion)} ${typeof status === 'number' ? status : 101} ${word(statusText, '')}`.trimEnd();
}

function word(value: unknown, otherwise: string): string {
  return typeof value === 'string' && !/[\r\n]/.test(value) ? value : otherwise;
}

/** Browsers write `http/1.1` as well, or nothing. */
function version(value: unknown): string {
  return typeof value === 'string' && /^http\/1\.[01]$/i.test(value) ? value.toUpperCase() : 'HTTP/1.1';
}

function targetOf(url: unknown): string {
  const [, target = '/'] = /^[a-z]+:\/\/[^/?#]*([^#\s]*)/i.exec(typeof url === 'string' ? url : '') ?? [];
  return target.startsWith('/') ? target : `/${target}`;
}

function serverOf({ serverIPAddress: address, request }: Fields): string | undefined {
  if (typeof address !== 'string' || address === '') return undefined;
  const url = isFields(request) && typeof request['url'] === 'string' ? request['url'] : '';
  const [, scheme = '', port = /^(wss|https)$/i.test(scheme) ? '443' : '80'] =
    /^([a-z]+):\/\/[^/?#]*?(?::(\d+))?(?:[/?#]|$)/i.exec(url) ?? [];
  return hostPort(address.replace(/^\[|\]$/g, ''), port);
}
