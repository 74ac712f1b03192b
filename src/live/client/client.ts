import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, type PerMessageDeflateOptions } from 'ws';
import type { Handshake } from '../../codec/handshake/handshake.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Diagnostic } from '../../rules/catalogue.js';
import type { Judged } from '../../traffic/judged.js';
import type { Endpoints } from '../../codec/bytes/endpoint.js';
import type { Http2Channel } from '../http2/http2-line.js';
import { PeerFault } from '../sockets/reset.js';
import { headerText } from '../sockets/header-text.js';
import { OwnPings } from './own-pings.js';
import { firstToEnd } from '../sockets/first-to-end.js';
import { answerPings } from '../sockets/pongs.js';
import { readAtMost } from '../sockets/turns.js';
import { MOST_HEAD, ownLimit, WS_LIMITS } from '../sockets/ws-limits.js';
import { httpTrouble } from './http-trouble.js';
import { tlsAlert } from '../sockets/tls-reason.js';
import { LiveConnection, type LiveContext, type LiveTaker } from '../sockets/live-connection.js';
import type { ClientOutcome } from './client-outcome.js';
import { isServers } from './servers-faults.js';
import { checkSubprotocols } from './subprotocols.js';
import { refusalOf } from './handshake-refusal.js';
import { Tap } from '../sockets/tap.js';

/** What a client sends on: a socket of its own, or a stream of an HTTP/2 connection, which is watched as a whole. */
export interface ClientLine {
  readonly stream: Duplex;
  readonly ends: Endpoints;
  readonly http2?: Pick<Http2Channel, 'watch' | 'unsent'>;
}

export interface LiveClientOptions extends LiveContext {
  /** `ws:` or `wss:`, without user and fragment. */
  readonly url: URL;
  readonly subprotocols: readonly string[];
  /** Headers of the request, as written; several of one name as a list, `undefined` removes one of `ws`'s own. */
  readonly headers: ReadonlyMap<string, readonly string[] | undefined>;
  readonly deflate: PerMessageDeflateOptions | false;
  readonly autoPong: boolean;
}

export interface ClientTaker extends LiveTaker {
  /** Nothing can be sent for some time, in words. */
  stalled?(words: string): void;
  /** The handshake is done. */
  open(handshake: Handshake | undefined): void;
  message(data: Buffer, isBinary: boolean): void;
  /** `seconds` since the ping that it answers, as its record has them where it is sure which one that is; undefined: it answers none. */
  pong(seconds: number | undefined): void;
}

/** `ws` waits that long for the peer to end the connection after both close frames; here it is milliseconds. */
const FAREWELL = 2000;
/** Bytes that are still read of a peer when a signal has ended the run. */
const MOST_FAREWELL = 1024 * 1024;
/** Bytes that may wait to be written before a sender has to wait. */
const HIGH_WATER = 1024 * 1024;
/** An option of Node.js's requests, which `ws` passes on. */
const HEAD_LIMIT = { maxHeaderSize: MOST_HEAD } as object;

/** A WebSocket client on a socket of ours: `ws` is the endpoint, a tap reports every byte. */
export class Client {
  /** Its outcome, as soon as it has ended. */
  readonly finished: Promise<ClientOutcome>;
  private finish!: (outcome: ClientOutcome) => void;
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly isHttp2: boolean;
  private outcome: ClientOutcome | undefined;
  private handshake: Handshake | undefined;
  /** The first fault of the peer: in its answer to the handshake, and after it. */
  private handshakeFault: Diagnostic | undefined;
  private fault: Diagnostic | undefined;
  private wasReset = false;
  private peerFault: PeerFault | undefined;
  /** The stream has reported that it is closed: everything about it was reported before. */
  private isGone = false;
  private opened = false;
  /** An answer came that refuses the WebSocket: however its body ends, that is the outcome. */
  private isRefused = false;
  private weClosed = false;
  private ourCode: number | undefined;
  private farewell: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];
  private readonly pings = new OwnPings();

  /** Throws a SyntaxError or TypeError where subprotocols or headers can't be sent. */
  constructor(
    line: ClientLine,
    readonly number: number,
    private readonly options: LiveClientOptions,
    private readonly taker: ClientTaker,
  ) {
    this.finished = new Promise((resolve) => (this.finish = resolve));
    const { stream } = line;
    this.stream = stream;
    this.isHttp2 = line.http2 !== undefined;
    stream.on('error', (error) => {
      this.wasReset = true;
      if (error instanceof PeerFault) this.peerFault = error;
    });
    const tap = this.watch(line);
    checkSubprotocols(options.subprotocols);
    // `ws` would refuse a server that picks none of the subprotocols, which it may (RFC 6455 §4.2.2): they are not passed to
    // `ws`, and the rules judge the answer.
    this.socket = new WebSocket(options.url, [], {
      createConnection: () => stream as Socket,
      perMessageDeflate: options.deflate,
      autoPong: false,
      ...WS_LIMITS,
      ...HEAD_LIMIT,
      finishRequest: (request) => this.finishRequest(request, tap),
    });
    if (options.autoPong) answerPings(this.socket);
    this.listen();
  }

  /** Everything that passes is read and judged. Gives the tap of a socket. */
  private watch({ stream, ends, http2 }: ClientLine): Tap | undefined {
    const { number, options, taker } = this;
    const records: LiveTaker = {
      record: (record) => this.judge(record),
      closed: (summary) => taker.closed(summary),
    };
    if (http2) {
      http2.watch(number, { ...records, stalled: (words) => taker.stalled?.(words) }, () => this.gone());
      return undefined;
    }
    const connection = new LiveConnection(number, ends, 'client', options, records);
    const who = firstToEnd(stream, 'client', () => options.now());
    stream.on('close', () => {
      connection.end(this.wasReset ? 'reset' : 'fin', who());
      this.gone();
    });
    return new Tap(stream, connection);
  }

  /** All of its records were given. */
  private gone(): void {
    this.isGone = true;
    this.wake();
    if (this.outcome !== undefined) this.settle(this.outcome);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** A sender has to wait: too many bytes are not written yet. */
  get isFull(): boolean {
    return this.socket.bufferedAmount > HIGH_WATER;
  }

  /** Resolves when there is room again, or the connection is over. */
  async room(): Promise<void> {
    while (this.isFull && this.isOpen) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Resolves when everything was passed to the system, or the connection is over. */
  async flushed(): Promise<void> {
    while (this.socket.bufferedAmount > 0 && this.isOpen) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Sends a message, in frames of `fragment` bytes where that is given. False: the connection is not open. */
  send(data: Uint8Array, binary: boolean, fragment?: number): boolean {
    if (!this.isOpen) return false;
    if (fragment === undefined || data.length <= fragment) {
      this.socket.send(data, { binary, fin: true }, this.wake);
      return true;
    }
    for (let at = 0; at < data.length; at += fragment) {
      const end = at + fragment;
      this.socket.send(data.subarray(at, end), { binary, fin: end >= data.length }, this.wake);
    }
    return true;
  }

  ping(payload: Uint8Array): boolean {
    if (!this.isOpen) return false;
    this.pings.sent(payload);
    this.socket.ping(payload, undefined, this.wake);
    return true;
  }

  /** Bytes as they are, below the WebSocket. */
  raw(bytes: Uint8Array): boolean {
    if (!this.isOpen) return false;
    this.stream.write(bytes, () => this.wake());
    return true;
  }

  /** Closes with a code (undefined: without), waits for a bounded time for the peer, and ends the connection. */
  close(code?: number, reason = ''): void {
    if (this.isOpen) {
      this.weClosed = true;
      this.ourCode = code;
      this.socket.close(code, reason);
    }
    this.sayFarewell();
  }

  /** The same where a signal ends the run: a peer that continues to send is not read for long. */
  leave(): void {
    readAtMost(this.stream, MOST_FAREWELL);
    this.close(1001);
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.socket.terminate();
    this.stream.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  private finishRequest(request: ClientRequest, tap: Tap | undefined): void {
    const { subprotocols } = this.options;
    // Node.js would leave out headers after the 2000th.
    request.maxHeadersCount = 0;
    if (subprotocols.length > 0) request.setHeader('Sec-WebSocket-Protocol', subprotocols.join(', '));
    for (const [name, values] of this.options.headers) {
      if (values === undefined) request.removeHeader(name);
      else request.setHeader(name, values.length === 1 ? headerText(values[0]!) : values.map(headerText));
    }
    request.prependListener('upgrade', (response: IncomingMessage, _socket: Socket, head: Buffer) => {
      delete response.headers['sec-websocket-protocol'];
      // `ws` puts back what came with the head, and reads it again.
      tap?.putBack(head.length);
      if (this.handshakeFault !== undefined) this.refuse(this.handshakeFault);
    });
    request.end();
  }

  private listen(): void {
    const { socket, taker } = this;
    socket.on('open', () => {
      this.opened = true;
      taker.open(this.handshake);
    });
    socket.on('message', (data, isBinary) => taker.message(data as Buffer, isBinary));
    socket.on('pong', (payload) => taker.pong(this.pings.answered(payload)));
    socket.on('unexpected-response', (_request, response) => {
      this.isRefused = true;
      void refusalOf(response, this.isHttp2).then((refused) => {
        this.end({ kind: 'refused', ...refused });
        this.terminate();
      });
    });
    socket.on('error', (error) => {
      if (!this.isRefused) this.failed(error);
    });
    socket.on('close', (code, reason) => {
      clearTimeout(this.farewell);
      this.wake();
      if (this.isRefused) return;
      if (this.fault !== undefined) this.end(this.broken('the peer broke the protocol'));
      else if (code === 1006) this.end(this.dropped());
      else {
        const ours = this.ourCode === undefined ? {} : { ours: this.ourCode };
        this.end({ kind: 'closed', code, reason: reason.toString(), byPeer: !this.weClosed, ...ours });
      }
    });
  }

  private failed(error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }): void {
    const { code = '', message, rawPacket } = error;
    const limit = ownLimit(code);
    const alert = this.opened ? undefined : tlsAlert(error);
    if (alert !== undefined) this.end({ kind: 'unanswered', message: alert, isAlert: true });
    if (!this.opened) {
      const isHttp = code.startsWith('HPE_');
      const isFault = error instanceof PeerFault && !error.isLimit;
      const isInvalid = isHttp || isFault || (code === '' && this.handshake?.upgraded === true);
      if (isInvalid) this.end({ kind: 'invalid', message: isHttp ? httpTrouble(code, message, rawPacket) : message });
      else this.end({ kind: 'unanswered', message: code === 'ECONNRESET' ? this.silence() : message });
    } else if (limit !== undefined && this.fault === undefined) {
      this.end({ kind: 'closed', code: limit.closeCode, reason: '', byPeer: false, limit: limit.words });
    } else if (code.startsWith('WS_ERR_')) this.end(this.broken(message));
    this.sayFarewell();
  }

  /** A TLS server ends a connection that begins with a plain request. */
  private silence(): string {
    const isBare = (this.stream as Socket).bytesRead === 0 && !this.options.isSecure;
    return `no answer to the handshake${isBare ? ' (perhaps the server speaks TLS: wss://)' : ''}`;
  }

  /** RFC 6455 §4.1: the client fails the connection. */
  private refuse(diagnostic: Diagnostic): void {
    this.end({ kind: 'invalid', message: 'the handshake is invalid', diagnostic });
    this.terminate();
  }

  private dropped(): ClientOutcome {
    const { peerFault } = this;
    if (peerFault?.isLimit === false) return this.broken(peerFault.message);
    const why = peerFault && { why: peerFault.message };
    return { kind: 'dropped', reset: this.wasReset, byPeer: !this.weClosed, ...why };
  }

  private broken(message: string): ClientOutcome {
    return { kind: 'broken', message, ...(this.fault && { diagnostic: this.fault }) };
  }

  /** Only the first outcome counts; it is reported when the connection has ended. */
  private end(outcome: ClientOutcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    if (this.isGone) this.settle(outcome);
  }

  /** What is wrong with a frame that does not end is known only now. */
  private settle(outcome: ClientOutcome): void {
    const isBroken = outcome.kind === 'closed' && outcome.limit !== undefined && this.fault !== undefined;
    this.finish(isBroken ? this.broken(outcome.limit) : outcome);
  }

  private sayFarewell(): void {
    this.farewell ??= setTimeout(() => this.terminate(), FAREWELL);
    this.stream.once('close', () => clearTimeout(this.farewell));
  }

  /** The peer's faults are kept: `ws` accepts some of them. */
  private judge(record: Judged): void {
    const found = record.diagnostics.length > 0 ? record.diagnostics.find((one) => isServers(record, one)) : undefined;
    if (record.type === 'handshake') {
      this.handshake = record.handshake;
      this.handshakeFault = found;
      // Without an Upgrade header Node reads a 101 as a preliminary answer, and waits for another one.
      if (found) process.nextTick(() => this.refuse(found));
    } else this.fault ??= found;
    const isPong = record.type === 'frame' && record.frame.header.opcode === OPCODE.pong;
    if (isPong && record.direction === 'server') this.pings.seen(record.roundTrip);
    const isClose = record.type === 'frame' && record.frame.header.opcode === OPCODE.close;
    if (isClose && record.direction === 'server') this.sayFarewell();
    this.taker.record(record);
  }

  private readonly wake = (): void => {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  };
}
