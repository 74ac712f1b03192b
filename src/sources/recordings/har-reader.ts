import { count } from '../../codec/bytes/plural.js';
import { JsonScanner, type JsonPath, type JsonTaker } from './json-scanner.js';
import { dateOf, harMessage, type HarFailure, type HarMessage } from './har-message.js';
import { attachmentOf, failureIn, headIn, isSocket, serverOf, statusOf } from './har-heads.js';
import { laterHandshake, laterHead, type LaterHandshake } from './har-http2.js';
import { BadRecord, isFields } from './record-bytes.js';
import { RecordedStream, type RecordingReader, type RecordingTaker } from './recording.js';

export interface HarLimits {
  /** Bytes of a message's record. */
  readonly message: number;
  /** Bytes of the other parts of an entry that are read, each. */
  readonly part: number;
  /** Bytes of messages before the request that they belong to. */
  readonly early: number;
}

/** The files next to a HAR, by their names in `_file` (Playwright, `content: 'attach'`); undefined: there is no such file. */
export type HarAttachments = (name: string) => Uint8Array | undefined;

const LIMITS: HarLimits = { message: 128 * 1024 * 1024, part: 16 * 1024 * 1024, early: 256 * 1024 * 1024 };

const MESSAGES = /^_?web_?socket_?(?:messages|frames)$/i;
/** What is read of an entry besides. */
const PARTS: ReadonlySet<unknown> = new Set([
  ...['request', 'response', 'startedDateTime', 'time', 'serverIPAddress', '_serverPort'],
  ...['_resourceType', '_client', '_server', '_webSocketClose'],
]);
/** Of a message alone. */
const OF_MESSAGE: ReadonlySet<unknown> = new Set(['type', 'opcode', 'data', 'encoding', 'code', 'reason', '_bytes']);
const NOTICE =
  'a HAR has messages, not frames: each is shown as one frame, with an invented masking key; ' +
  'control frames and other faults of frames are not in it';
/** What the file omits of a head is no fault of a peer. */
const SAME = '; what the file leaves out is not judged';

const NOT_JUDGED: Readonly<Record<Exclude<LaterHandshake, 'sent'>, string>> = {
  rewritten:
    'a WebSocket over HTTP/2 (RFC 8441), whose handshake the browser wrote in the form of HTTP/1.1: method, :protocol and ' +
    'what only HTTP/1.1 has are not judged',
  other:
    'a WebSocket over HTTP/2 or HTTP/3 (RFC 8441, RFC 9220), the file does not show which: its handshake is not judged',
};

/** Blanks, a byte order mark, and the dots or the comma of a piece. */
const BEFORE: ReadonlySet<number> = new Set([0x20, 9, 10, 13, 0xef, 0xbb, 0xbf, 0x2e, 0x2c, 0xe2, 0x80, 0xa6]);

/** The entry that is being read. */
interface Entry {
  readonly parts: Record<string, unknown>;
  hasMessages: boolean;
  /** Messages that were read. */
  messages: number;
  /** Its connection, when it has begun. */
  stream: RecordedStream | undefined;
  early: HarMessage[];
  earlyBytes: number;
  last: number;
  failure: HarFailure | undefined;
}

/**
 * Reads the WebSockets of an HTTP archive (HAR 1.2, with the messages that browsers and proxies put into it), or of a
 * piece of one: an entry, a list of messages, messages one a line. Other entries are passed over.
 */
export class HarReader implements RecordingReader, JsonTaker {
  private readonly scanner = new JsonScanner(this);
  private entry: Entry | undefined;
  private taker!: RecordingTaker;
  private connections = 0;
  private messages = 0;
  /** Not one byte that is no blank has come. */
  private isBeginning = true;
  private isHar = false;
  private failed = false;
  private readonly reported = new Set<string>();
  /** Without any messages, though they were not refused. */
  private empty = 0;
  private creator = '';

  constructor(
    private readonly limits: HarLimits = LIMITS,
    private readonly attachments: HarAttachments = () => undefined,
  ) {
    this.scanner.isLoose = true;
  }

  push(chunk: Uint8Array, taker: RecordingTaker): void {
    if (this.failed) return;
    this.taker = taker;
    this.scanner.push(this.isBeginning ? this.begun(chunk) : chunk);
    this.reportProblem();
  }

  end(taker: RecordingTaker): void {
    if (this.failed) return;
    this.taker = taker;
    this.scanner.end();
    // What came of an entry that is cut off is shown.
    if (this.entry !== undefined) this.leave(this.entry);
    this.reportProblem();
    if (!this.failed && !this.isHar && this.connections === 0) this.fail('no HAR: it has no log');
    if (this.empty > 0) {
      const who = this.creator === '' ? '' : ` by ${this.creator}`;
      this.taker.notice(
        `this HAR${who} has ${count(this.empty, 'WebSocket')} without any messages: ` +
          'Safari and older Firefox export none, and a HAR does not have what was sent before the recording began',
      );
    }
  }

  plan(path: JsonPath): 'enter' | 'pass' | number {
    const [root] = path;
    if (path.length === 0) return 'enter';
    if (typeof root === 'number') return this.limits.message;
    const base = root === 'log' ? 1 : 0;
    if (base === 1) {
      this.isHar = true;
      this.scanner.isLoose = false;
    }
    if (path.length === base) return 'enter';
    const name = path[base];
    if (name === 'entries') {
      this.isHar = true;
      return this.inEntry(path, base + 2);
    }
    if (name === 'creator') return this.limits.part;
    return base === 1 ? 'pass' : this.inEntry(path, 0);
  }

  value(path: JsonPath, text: string): void {
    const value = parsed(text);
    if (value === undefined) return this.damaged('no JSON');
    if (path.length <= 2 && path.at(-1) === 'creator') return this.setCreator(value);
    if (typeof path[0] === 'number') return this.element(value);
    const at = path.findIndex((name) => typeof name === 'string' && MESSAGES.test(name));
    this.entry ??= newEntry();
    if (at >= 0) this.message(this.entry, value);
    else this.entry.parts[path.at(-1) as string] = value;
  }

  left(path: JsonPath): void {
    const { entry } = this;
    if (entry === undefined || !(path.length === 0 || path.at(-2) === 'entries')) return;
    if (path.length === 0) this.takeAlone(entry);
    // Messages one after the other are one connection's.
    if (path.length === 0 && entry.parts['request'] === undefined && entry.stream === undefined) return;
    this.leave(entry);
  }

  /** `depth`: of the entry's own path. */
  private inEntry(path: JsonPath, depth: number): 'enter' | 'pass' | number {
    if (path.length < depth) return 'enter';
    if (path.length === depth && depth > 0) {
      this.entry = newEntry();
      return 'enter';
    }
    const name = path[depth];
    if (MESSAGES.test(String(name))) {
      (this.entry ??= newEntry()).hasMessages = true;
      return path.length === depth + 1 ? 'enter' : this.limits.message;
    }
    if (depth === 0 && OF_MESSAGE.has(name)) return this.limits.message;
    return PARTS.has(name) ? this.limits.part : 'pass';
  }

  /** A piece may begin with a member, and with what was left out before it. */
  private begun(chunk: Uint8Array): Uint8Array {
    const at = chunk.findIndex((byte) => !BEFORE.has(byte));
    if (at < 0) return new Uint8Array(0);
    this.isBeginning = false;
    if (chunk[at] === 0x22) this.scanner.push(Uint8Array.of(0x7b));
    return chunk.subarray(at);
  }

  private setCreator(value: unknown): void {
    if (isFields(value) && typeof value['name'] === 'string') this.creator = value['name'].slice(0, 80);
  }

  /** Of a list: a message, or an entry. */
  private element(value: unknown): void {
    if (isFields(value) && value['request'] === undefined && !Object.keys(value).some((name) => MESSAGES.test(name))) {
      this.entry ??= { ...newEntry(), hasMessages: true };
      return this.message(this.entry, value);
    }
    if (!isFields(value)) return;
    const entry = newEntry();
    for (const [name, part] of Object.entries(value)) {
      if (PARTS.has(name)) entry.parts[name] = part;
      if (!MESSAGES.test(name)) continue;
      entry.hasMessages = true;
      if (Array.isArray(part)) for (const message of part as readonly unknown[]) this.message(entry, message);
    }
    this.leave(entry);
  }

  /** A message that is no list's. */
  private takeAlone(entry: Entry): void {
    const { parts } = entry;
    if (parts['request'] !== undefined || (parts['type'] === undefined && parts['data'] === undefined)) return;
    entry.hasMessages = true;
    this.message(entry, { ...parts });
    for (const name of Object.keys(parts)) delete parts[name];
  }

  private leave(entry: Entry): void {
    this.entry = undefined;
    if (entry.hasMessages || isSocket(entry.parts)) this.finish(entry);
  }

  private reportProblem(): void {
    const { problem } = this.scanner;
    if (problem !== undefined && !this.failed) this.fail(problem);
  }

  private fail(message: string): void {
    this.failed = true;
    this.taker.problem(message);
  }

  private damaged(message: string): void {
    this.taker.damage(`entry ${this.connections}: ${message}`);
  }

  private notice(message: string): void {
    if (this.reported.has(message)) return;
    this.reported.add(message);
    this.taker.notice(message);
  }

  private message(entry: Entry, value: unknown): void {
    let message: HarMessage | HarFailure;
    try {
      message = harMessage(value, this.messages);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      return this.damaged(`a message: ${error.message}`);
    }
    if ('failure' in message) {
      entry.failure ??= message;
      return;
    }
    this.messages++;
    entry.messages++;
    if (message.isGuess) this.notice('messages without an opcode are read as text');
    if (isFields(value) && typeof value['time'] === 'number' && Number.isNaN(message.time)) {
      this.notice('times that are not dates (they count from some start) are left out');
    }
    if (entry.stream === undefined && entry.parts['request'] !== undefined && entry.parts['response'] !== undefined) {
      this.begin(entry);
    }
    if (entry.stream !== undefined) return passMessage(entry, entry.stream, message);
    // Browsers write the messages first: they wait for the handshake.
    entry.early.push(message);
    entry.earlyBytes += message.bytes.length + 64;
    if (entry.earlyBytes > this.limits.early && !this.failed) {
      this.fail(`the messages before an entry's request have more than ${this.limits.early} bytes`);
    }
  }

  private begin(entry: Entry): RecordedStream {
    const { parts } = entry;
    const number = this.connections;
    if (number === 0) this.taker.notice(NOTICE + SAME);
    const opened = dateOf(parts['startedDateTime']);
    const client = optional(parts['_client']);
    const server = optional(parts['_server']) ?? serverOf(parts);
    const ends = { ...(client !== undefined && { client }), ...(server !== undefined && { server }) };
    const how = laterHandshake(parts, this.creator);
    const http2 = how === 'sent' || how === 'rewritten' ? { http2: true as const } : {};
    const stream = new RecordedStream(this.taker, number, { ...ends, ...http2, partialHeads: true }, opened);
    entry.stream = stream;
    entry.last = opened;
    if (how === undefined) this.passHeads(entry, stream, opened);
    else this.passLaterHeads(entry, stream, how);
    for (const message of entry.early.splice(0)) passMessage(entry, stream, message);
    return stream;
  }

  /** Heads that are not those of HTTP/1.1. */
  private passLaterHeads({ parts, last }: Entry, stream: RecordedStream, how: LaterHandshake): void {
    if (how !== 'sent') this.notice(NOT_JUDGED[how]);
    if (how === 'other') return;
    for (const side of [0, 1] as const) {
      const head = laterHead(parts[side === 0 ? 'request' : 'response'], side, how);
      if (head) stream.head(side, head, last);
    }
  }

  private passHeads({ parts, messages }: Entry, stream: RecordedStream, time: number): void {
    const status = statusOf(parts['response']);
    // A status with messages, with which no server sends any, is a placeholder of the tool.
    const isPlaceholder = messages > 0 && status !== undefined && status !== 101;
    if (isPlaceholder)
      this.notice(`an entry has messages and the status ${status}, which is not read as the answer to the handshake`);
    for (const side of [0, 1] as const) {
      const head = side === 1 && isPlaceholder ? undefined : headIn(parts[side === 0 ? 'request' : 'response'], side);
      if (head) stream.bytes(side, head, time);
    }
  }

  private finish(entry: Entry): void {
    if (entry.messages === 0) this.readAttachment(entry);
    const stream = entry.stream ?? this.begin(entry);
    const { parts, failure: failed } = entry;
    const text = failed?.failure === '' ? (failureIn(parts) ?? '') : (failed?.failure ?? failureIn(parts));
    if (failed !== undefined && !Number.isNaN(failed.time)) entry.last = failed.time;
    if (text === undefined && isSilent(entry, this.creator)) this.empty++;
    const end = text === undefined ? { reason: 'unrecorded' as const } : { reason: 'failed' as const, failure: text };
    stream.close(end, entry.last);
    this.connections++;
  }

  /** Messages that Playwright wrote into a file of their own, one a line. */
  private readAttachment(entry: Entry): void {
    const name = attachmentOf(entry.parts);
    if (name === undefined) return;
    const bytes = this.attachments(name);
    if (bytes === undefined) {
      return this.damaged(`its messages are in the file ${name}, which is not in the same directory`);
    }
    const lines = new JsonScanner({
      plan: (path) => (path.length === 0 ? this.limits.message : 'pass'),
      value: (_, text) => {
        const value = parsed(text);
        if (value === undefined) this.damaged(`${name}: no JSON`);
        else this.message(entry, value);
      },
      left: () => undefined,
    });
    lines.isLoose = true;
    lines.push(bytes);
    lines.end();
    if (lines.problem !== undefined) this.damaged(`${name}: ${lines.problem}`);
  }
}

/** Undefined: it is no JSON, or nested too deep. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function passMessage(entry: Entry, stream: RecordedStream, { side, bytes, missing, time }: HarMessage): void {
  if (!Number.isNaN(time)) entry.last = time;
  stream.bytes(side, bytes, time);
  if (missing > 0) stream.gap(side, missing, time);
}

function newEntry(): Entry {
  return {
    ...{ parts: {}, hasMessages: false, messages: 0, stream: undefined },
    ...{ early: [], earlyBytes: 0, last: NaN, failure: undefined },
  };
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** It has no messages, though it was not refused, and they are nowhere else. */
function isSilent({ messages, parts }: Entry, creator: string): boolean {
  const status = statusOf(parts['response']);
  const opens = laterHandshake(parts, creator) === undefined ? status === 101 : status !== undefined && status < 300;
  const isRefused = status !== undefined && !opens;
  return messages === 0 && !isRefused && attachmentOf(parts) === undefined;
}
