import { latin1 } from '../../codec/http1/text.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { JsonScanner, type JsonPath, type JsonTaker } from './json-scanner.js';
import { BadRecord, encoded, fromBase64, headBytes, isFields, type Fields } from './record-bytes.js';
import { RecordedStream, type RecordedEnd, type RecordingReader, type RecordingTaker } from './recording.js';

/** Bytes of one event, and of the constants. */
const MOST = { event: 128 * 1024 * 1024, constants: 16 * 1024 * 1024 };
/** Sockets and requests of which something is remembered; beyond that the oldest is forgotten. */
const MOST_SOURCES = 65_536;
const END = 2;
/** net::ERR_CONNECTION_RESET. */
const RESET = -101;
const UPGRADE = /\r\nupgrade:\s*websocket\s*\r\n/i;

/** A socket, or a request, of the browser. */
interface NetlogSource {
  /** Undefined: nothing of WebSocket was seen on it. */
  stream: RecordedStream | undefined;
  ends: { readonly client?: string; readonly server?: string };
  /** Its bytes are those inside TLS. */
  isTls: boolean;
  /** Its URL is ws or wss. */
  isSocket: boolean;
  hasHeads: boolean;
  isUpgraded: boolean;
  end: RecordedEnd | undefined;
}

/**
 * Reads the WebSockets of Chromium's network log (chrome://net-export, `--log-net-log`): the bytes of its sockets, where
 * they were captured (`--net-log-capture-mode=Everything`), else the headers of the frames.
 */
export class NetLogReader implements RecordingReader, JsonTaker {
  private readonly scanner = new JsonScanner(this);
  private readonly sources = new Map<unknown, NetlogSource>();
  private readonly names = new Map<unknown, string>();
  private readonly errors = new Map<unknown, string>();
  /** Milliseconds that make the time of an event one since the epoch. */
  private offset = NaN;
  private hasBytes = false;
  private connections = 0;
  private frames = 0;
  private failed = false;
  private taker!: RecordingTaker;
  private readonly events: Readonly<
    Record<string, (source: NetlogSource, params: Fields, phase: number, time: number) => void>
  > = {
    TCP_CONNECT: (source, params) => this.connect(source, params),
    SOCKET_BYTES_SENT: (source, params, _, time) => this.bytes(source, 0, params, time, false),
    SOCKET_BYTES_RECEIVED: (source, params, _, time) => this.bytes(source, 1, params, time, false),
    SSL_SOCKET_BYTES_SENT: (source, params, _, time) => this.bytes(source, 0, params, time, true),
    SSL_SOCKET_BYTES_RECEIVED: (source, params, _, time) => this.bytes(source, 1, params, time, true),
    SOCKET_READ_ERROR: (source, params, _, time) => {
      if (params['net_error'] === RESET) source.end ??= { reason: 'reset', by: 1, at: time };
    },
    SOCKET_ALIVE: (source, _, phase, time) => {
      if (phase === END) this.close(source, source.end ?? { reason: 'fin', by: 0, at: time }, time);
    },
    HTTP_TRANSACTION_SEND_REQUEST_HEADERS: (source, params, _, time) => this.head(source, 0, params, time),
    HTTP_TRANSACTION_READ_RESPONSE_HEADERS: (source, params, _, time) => this.head(source, 1, params, time),
    WEBSOCKET_SENT_FRAME_HEADER: (source, params, _, time) => this.header(source, 0, params, time),
    WEBSOCKET_RECV_FRAME_HEADER: (source, params, _, time) => this.header(source, 1, params, time),
    WEBSOCKET_UPGRADE_FAILURE: (source, params, _, time) => this.fail(source, params, time),
    URL_REQUEST_START_JOB: (source, params, phase, time) => {
      if (phase !== END || typeof params['net_error'] !== 'number') return;
      const text = this.errors.get(params['net_error']) ?? `net_error ${String(params['net_error'])}`;
      if (source.isSocket && !source.hasHeads && source.end === undefined)
        this.fail(source, { message: `net::${text}` }, time);
    },
    REQUEST_ALIVE: (source, { url }, phase, time) => {
      if (phase !== END) source.isSocket = /^wss?:/i.test(String(url));
      // The request ends with the handshake, but it remains the source of the frames that follow.
      else if (!source.isUpgraded) this.close(source, source.end ?? { reason: 'unrecorded' }, time);
    },
  };

  push(chunk: Uint8Array, taker: RecordingTaker): void {
    this.taker = taker;
    if (this.failed) return;
    this.scanner.push(chunk);
    this.reportProblem();
  }

  end(taker: RecordingTaker): void {
    this.taker = taker;
    if (this.failed) return;
    this.scanner.end();
    for (const source of this.sources.values())
      this.close(source, source.end ?? { reason: this.hasBytes ? 'end' : 'unrecorded' }, NaN);
    this.reportProblem();
  }

  plan(path: JsonPath): 'enter' | 'pass' | number {
    if (path.length === 0 || (path.length === 1 && path[0] === 'events')) return 'enter';
    if (path[0] === 'events') return MOST.event;
    return path[0] === 'constants' ? MOST.constants : 'pass';
  }

  left(): void {}

  value(path: JsonPath, text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.taker.damage(`${path.join(' ')}: no JSON`);
    }
    if (!isFields(value)) return;
    if (path[0] === 'constants') return this.setConstants(value);
    try {
      this.event(value);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      this.taker.damage(`event ${String(path[1])}: ${error.message}`);
    }
  }

  private reportProblem(): void {
    const { problem } = this.scanner;
    if (problem === undefined || this.failed) return;
    this.failed = true;
    this.taker.problem(problem);
  }

  private setConstants(constants: Fields): void {
    const { logEventTypes: types, netError: errors, timeTickOffset: offset, logCaptureMode: mode } = constants;
    for (const [name, number] of isFields(types) ? Object.entries(types) : []) {
      if (Object.hasOwn(this.events, name)) this.names.set(number, name);
    }
    for (const [name, number] of isFields(errors) ? Object.entries(errors) : []) this.errors.set(number, name);
    this.offset = Number(offset);
    this.hasBytes = mode === 'Everything';
  }

  private event({ type, source: from, phase, time, params }: Fields): void {
    const name = this.names.get(type);
    if (name === undefined || !isFields(from)) return;
    const at = (Number(time) + this.offset) / 1000;
    const source = this.sourceOf(from['id']);
    const isDone = phase === END && (name === 'SOCKET_ALIVE' || (name === 'REQUEST_ALIVE' && !source.isUpgraded));
    this.events[name]!(source, isFields(params) ? params : {}, Number(phase), at >= 0 && at < 2 ** 40 ? at : NaN);
    if (isDone) this.sources.delete(from['id']);
  }

  private sourceOf(id: unknown): NetlogSource {
    const known = this.sources.get(id);
    if (known) return known;
    const [oldest] = this.sources.size >= MOST_SOURCES ? this.sources : [];
    if (oldest) {
      this.close(oldest[1], { reason: 'evicted' }, NaN);
      this.sources.delete(oldest[0]);
    }
    const source: NetlogSource = {
      ...{
        stream: undefined,
        ends: {},
        isTls: false,
        isSocket: false,
        hasHeads: false,
        isUpgraded: false,
        end: undefined,
      },
    };
    this.sources.set(id, source);
    return source;
  }

  private connect(source: NetlogSource, { local_address: client, remote_address: server }: Fields): void {
    if (typeof client === 'string' && typeof server === 'string') source.ends = { client, server };
  }

  private open(source: NetlogSource, time: number, partial: boolean): void {
    const { ends } = source;
    const all = { ...ends, ...(partial && { partialHeads: true as const }) };
    source.stream = new RecordedStream(this.taker, this.connections++, all, time);
  }

  /** A socket serves other requests before, and is the WebSocket's from its request on. */
  private bytes(source: NetlogSource, side: Side, params: Fields, time: number, isTls: boolean): void {
    const { bytes: base64, byte_count: length } = params;
    const bytes = typeof base64 === 'string' ? fromBase64(base64) : undefined;
    if (source.stream === undefined) {
      if (side !== 0 || bytes === undefined || !asksForWebSocket(bytes)) return;
      source.isTls = isTls;
      this.open(source, time, false);
    }
    if (source.isTls !== isTls) return;
    if (bytes !== undefined) source.stream?.bytes(side, bytes, time);
    else if (typeof length !== 'number' || length < 0) throw new BadRecord('no bytes');
    else if (length > 0) source.stream?.gap(side, length, time);
    else if (side === 1) source.end ??= { reason: 'fin', by: 1, at: time };
  }

  private head(source: NetlogSource, side: Side, { headers, line }: Fields, time: number): void {
    if (!Array.isArray(headers)) return;
    const lines = headers.filter((each): each is string => typeof each === 'string');
    const first = side === 0 && typeof line === 'string' ? line.trim() : lines.shift();
    if (first === undefined) return;
    const pairs = lines.map((each): [string, string] => {
      const colon = each.indexOf(':', 1);
      return [each.slice(0, colon), each.slice(colon + 1).trim()];
    });
    const bytes = headBytes(first, pairs);
    if (side === 0) source.hasHeads = true;
    else if (/^HTTP\/1\.1 101\b/.test(first)) source.isUpgraded = true;
    if (this.hasBytes) return;
    if (source.stream === undefined) {
      if (side !== 0 || !asksForWebSocket(bytes)) return;
      if (this.connections === 0) {
        this.taker.notice(
          'this log has the headers of frames without payloads; masking keys are invented: ' +
            'record with "Include raw bytes", or --net-log-capture-mode=Everything, to have raw bytes',
        );
      }
      this.open(source, time, true);
    }
    source.stream?.bytes(side, bytes, time);
  }

  private header(source: NetlogSource, side: Side, params: Fields, time: number): void {
    if (this.hasBytes || source.stream === undefined) return;
    const { opcode, payload_length: length, final, masked } = params;
    if (typeof opcode !== 'number' || !(opcode >= 0 && opcode < 16)) throw new BadRecord('opcode is none');
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) throw new BadRecord('no length');
    const rsv = [1, 2, 3].reduce((bits, each) => (bits << 1) | (params[`reserved${each}`] === true ? 1 : 0), 0);
    const key = Math.imul(++this.frames, 0x9e3779b1) >>> 0;
    const init = { fin: final === true, rsv, opcode, payload: new Uint8Array(0), payloadLength: length };
    source.stream.bytes(side, encoded({ ...init, ...(masked === true && { key }) }), time);
    if (length > 0) source.stream.gap(side, length, time);
  }

  /** Where there are bytes they say the rest; a connection that never came to be has none. */
  private fail(source: NetlogSource, { message }: Fields, time: number): void {
    if (this.hasBytes && source.hasHeads) return;
    if (source.stream === undefined) this.open(source, time, true);
    source.end = { reason: 'failed', failure: typeof message === 'string' ? message : '' };
  }

  private close(source: NetlogSource, end: RecordedEnd, time: number): void {
    source.stream?.close(end, time);
    source.stream = undefined;
  }
}

function asksForWebSocket(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x47 || bytes[1] !== 0x45 || bytes[2] !== 0x54 || bytes[3] !== 0x20) return false;
  return UPGRADE.test(latin1(bytes, 0, Math.min(bytes.length, 64 * 1024)));
}
