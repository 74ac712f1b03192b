import * as http from 'node:http';
import * as https from 'node:https';
import { WebSocketServer } from 'ws';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { headOfMessage } from '../listener/head-of-message.js';
import { HttpListener, type ReceivedUpgrade, type HeldTap } from '../listener/http-listener.js';
import { firstToEnd } from '../sockets/first-to-end.js';
import { factsOfMessage } from '../listener/request-facts.js';
import { settleDeflate } from './deflate-offers.js';
import { MemoryBudget } from './memory-budget.js';
import { LimitedNotices } from '../listener/limited-notices.js';
import { faultOf, refusalOf, subprotocolOf } from './server-policy.js';
import { refusalFor, type Audience, type PolicyRefusal } from '../listener/policy.js';
import { parseHead, type Head, type RequestHead } from '../../codec/http1/head.js';
import type { Http2Front } from '../http2/http2-front.js';
import { LiveConnection } from '../sockets/live-connection.js';
import { AnsweringMode } from './answering.js';
import { modeNamed, type ServerContext, type Mode, type ModeName } from './modes.js';
import { Peer } from './peer.js';
import { Polling } from './polling.js';
import { refuse, writeBadAccept } from '../listener/handshake-rejection.js';
import { WS_LIMITS } from '../sockets/ws-limits.js';
import { answerText, targetOf } from './plain-answers.js';
import { ReplayMode } from '../replay/replaying.js';
import { Rooms } from './rooms.js';
import { logKeys } from '../sockets/key-log.js';
import type { LiveServerOptions, ServerTaker } from './server-options.js';

type ShownStream = Pick<ReceivedUpgrade, 'stream' | 'ends' | 'wasReset'> & { readonly tap: HeldTap };

/** An offered name is printed in a hint up to this length: characters. */
const MOST_HINT = 100;
/** The time that peers have to answer a close frame when the server ends: milliseconds. */
const FAREWELL = 2000;
/** Bytes that are still read of each of them meanwhile. */
const MOST_FAREWELL = 1024 * 1024;
const STALL_CHECK = 1000;
/** RFC 7301: the protocols within TLS, the preferred one first. */
const ALPN = ['h2', 'http/1.1'];
/** Modes whose pages can read nothing that is not their own. */
const PUBLIC: ReadonlySet<ModeName> = new Set(['echo', 'sink', 'silent']);
/** Connections that are no WebSockets; and the number of those that may be without a complete request, each with a head in memory. */
const OTHERS = 1000;
const WAITING = 400;
/** The memory that all peers together may leave in use: bytes. */
const MOST_WEIGHT = 128 * 1024 * 1024;

/** A WebSocket server that reports every byte. */
export class LiveServer implements ServerContext {
  readonly peers = new Set<Peer>();
  readonly rooms: Rooms;
  /** Resolves when `oneshot` has had its connection. */
  readonly finished: Promise<void>;
  private finish = (): void => undefined;
  private readonly http: HttpListener;
  private readonly http2: Http2Front | undefined;
  private readonly sockets: WebSocketServer;
  private readonly mode: Mode;
  private readonly audience: Audience;
  private readonly polling: Polling;
  private readonly memory: MemoryBudget<Peer>;
  private readonly notices: LimitedNotices;
  /** Each resolves when its connection has ended. */
  private readonly open = new Set<Promise<void>>();
  private comparison: Promise<unknown> | undefined;
  private accepted = 0;
  private numbers = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: LiveServerOptions,
    private readonly taker: ServerTaker,
  ) {
    const { limits, deflate } = options;
    this.notices = new LimitedNotices((message) => taker.notice(message));
    this.rooms = new Rooms(() => this.now());
    this.polling = new Polling(this.rooms, () => this.now(), taker);
    this.memory = new MemoryBudget(MOST_WEIGHT, this.peers, (peer, total) => this.dropHeaviest(peer, total));
    const isPublic = options.replay === undefined && options.answers === undefined && PUBLIC.has(options.mode);
    this.audience = isPublic ? 'public' : 'guarded';
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.mode = modeOf(options, this);
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: limits.payload,
      ...WS_LIMITS,
      // Short messages are compressed as well, to be looked at. One at a time is inflated: each may reach the limit.
      perMessageDeflate: deflate && { threshold: 0, concurrencyLimit: 1 },
      // A peer answers itself, as far as its answers are read.
      autoPong: false,
      handleProtocols: (offered) => this.subprotocolFor(offered),
    });
    const shape = {
      maxHeaderSize: limits.head,
      headersTimeout: limits.headSeconds * 1000,
      requestTimeout: limits.bodySeconds * 1000,
      connectionsCheckingInterval: 500,
      // Our own rule states the reason.
      requireHostHeader: false,
    };
    const handshakeTimeout = limits.headSeconds * 1000;
    const server = options.tls
      ? https.createServer({
          ...options.tls,
          ...shape,
          handshakeTimeout,
          ...(options.http2 && { ALPNProtocols: ALPN }),
        })
      : http.createServer(shape);
    logKeys(server, options.tls);
    // Node.js would leave out headers after the 2000th; the head's length limits them.
    server.maxHeadersCount = 0;
    this.http2 = this.http2Front();
    const { head, headSeconds } = limits;
    const listenerLimits = { head, headSeconds, connections: limits.connections + OTHERS, waiting: WAITING };
    this.http = new HttpListener(server, options.tls ? 'secureConnection' : 'connection', listenerLimits, {
      request: (request, response, tap) => this.serve(request, response, tap),
      upgrade: (upgrade) => this.receive(upgrade),
      trouble: (message) => this.notices.add(message),
      http2: this.http2 && ((socket, ends) => this.http2!.begin(socket, ends)),
    });
  }

  private http2Front(): Http2Front | undefined {
    const { options, taker, notices } = this;
    const watcher = {
      number: () => this.numbers++,
      record: (record: Judged) => taker.record(record),
      closed: (summary: ConnectionSummary) => taker.closed(summary),
      notice: (message: string) => notices.add(message),
      hides: (head: Head) => head.kind === 'request' && options.isForChannel?.(head) === true,
    };
    return (
      options.http2 &&
      new options.http2(options, {
        request: (request, response) => this.serve(request, response),
        upgrade: (upgrade) => this.receive(upgrade),
        trouble: (message) => notices.add(message),
        begins: () => (taker.looks || options.recorder ? watcher : undefined),
        number: () => this.numbers++,
        busy: (socket, isBusy) => this.http.busy(socket, isBusy),
      })
    );
  }

  now(): number {
    return this.options.now();
  }

  /** A server may select none, which browsers do not take. */
  private subprotocolFor(offered: ReadonlySet<string>): string | false {
    const selected = subprotocolOf(offered, this.options.policy);
    const [first] = offered;
    if (selected === false && first !== undefined && first.length <= MOST_HINT) {
      this.notices.add(`no subprotocol is selected, and browsers fail this: --subprotocol ${first}`);
    }
    return selected;
  }

  notice(message: string, connection?: number): void {
    this.taker.notice(message, connection);
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    const port = await this.http.listen(this.options.place);
    this.timer = setInterval(() => this.lookAround(), STALL_CHECK);
    this.timer.unref();
    return port;
  }

  /** Sends a close frame to all (1001), waits for a bounded time, and ends the rest. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    const gone = this.http.close();
    this.http2?.close();
    this.http.readAtMost(MOST_FAREWELL);
    for (const peer of this.peers) peer.socket.close(1001, 'the server ends');
    const late = setTimeout(() => {
      for (const peer of this.peers) peer.socket.terminate();
      this.http.destroy();
    }, FAREWELL);
    await gone;
    // The last bytes of each are reported before the server has ended.
    await Promise.all(this.open);
    clearTimeout(late);
  }

  /** Sends a ping on a connection; false: it is not open. */
  ping(connection: number, data: Uint8Array): boolean {
    const peer = [...this.peers].find(({ number }) => number === connection);
    if (peer?.isOpen !== true) return false;
    peer.socket.ping(data);
    return true;
  }

  dropStalled(peer: Peer): void {
    if (!peer.isOpen) return;
    this.notice(`it is dropped: it does not read, and ${peer.backlog} bytes wait for it`, peer.number);
    peer.socket.terminate();
  }

  private lookAround(): void {
    this.rooms.endUnused();
    for (const peer of this.peers) if (peer.isStalled(this.options.limits.stallSeconds)) this.dropStalled(peer);
  }

  private dropHeaviest(peer: Peer, total: number): void {
    const words = `all connections together hold ${total} bytes in memory, and it holds ${peer.weight} of them`;
    this.notices.add(`connection ${peer.number} is dropped: ${words}`);
    peer.drop();
  }

  /** `tap`: of a connection of HTTP/1.1. */
  private serve(request: http.IncomingMessage, response: http.ServerResponse, tap?: HeldTap): void {
    const target = targetOf(request);
    const isGuarded = this.polling.has(target.pathname) || target.pathname === '/compare.json';
    const refusal = this.strangerRefusal(request, isGuarded ? 'guarded' : 'static');
    if (refusal) {
      if (tap) response.setHeader('Connection', 'close');
      return answerText(response, refusal.status, refusal.reason);
    }
    if (tap && request.headers['sec-websocket-key'] !== undefined) return this.missUpgrade(request, response, tap);
    if (this.polling.answer(request, response, target, tap)) return;
    if (target.pathname === '/compare.json' && this.options.compare)
      return this.answerComparison(response, this.options.compare);
    if (this.options.page?.(request, response, target)) return;
    answerText(response, 404, 'There is nothing here.');
  }

  /** A handshake that lost its `Upgrade` on the way (RFC 6455 §4.1): shown as one that is refused. */
  private missUpgrade(request: http.IncomingMessage, response: http.ServerResponse, tap: HeldTap): void {
    const { socket } = request;
    tap.want(request, Buffer.alloc(0));
    this.show({ stream: socket, tap, ends: this.http.endsOf(socket), wasReset: () => socket.errored !== null });
    response.shouldKeepAlive = false;
    response.setHeader('Upgrade', 'websocket');
    response.setHeader('Sec-WebSocket-Version', '13');
    answerText(response, 426, 'The request has no Upgrade: websocket and Connection: Upgrade.');
  }

  /** Measured at the first request; requests in the meantime get the same result. */
  private answerComparison(response: http.ServerResponse, compare: () => Promise<unknown>): void {
    this.comparison ??= compare().finally(() => (this.comparison = undefined));
    this.comparison.then(
      (figures) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
        response.end(`${JSON.stringify(figures)}\n`);
      },
      () => response.destroy(),
    );
  }

  /** A client requests a WebSocket. */
  private receive(upgrade: ReceivedUpgrade): void {
    if (this.options.channel?.(upgrade)) return;
    const { request, stream } = upgrade;
    const number = upgrade.http2?.number ?? this.show(upgrade as ShownStream);
    const target = targetOf(request);
    const refusal = this.refusal(upgrade, target);
    if (refusal) return refuse(stream, refusal);
    if (this.options.faults.badAccept) {
      this.accepted++;
      return writeBadAccept(stream);
    }
    const declined = this.options.deflate && settleDeflate(request, this.options.deflate);
    if (declined) this.notices.add(declined);
    this.sockets.handleUpgrade(request, stream, upgrade.head, (socket) => {
      const weighs = (by: number): void => this.memory.change(by);
      // Its time limit does not pass during a suspend, as it would by the clock that dates records.
      const clock = (): number => performance.now() / 1000;
      const peer = new Peer(number, socket, stream, this.options.faults, clock, weighs);
      this.welcome(peer, target);
    });
  }

  /** Its bytes are shown and recorded, where that is wanted. Gives its number. */
  private show(shown: ShownStream): number {
    const number = this.numbers++;
    if (this.taker.looks || this.options.recorder) this.watch(number, shown);
    else shown.tap.close();
    return number;
  }

  private watch(number: number, { ends, tap, stream, wasReset }: ShownStream): void {
    const connection = new LiveConnection(number, ends, 'server', this.options, this.taker);
    tap.handTo(connection);
    const who = firstToEnd(stream, 'server', () => this.now());
    const ended = new Promise<void>((resolve) => {
      stream.on('close', () => {
        // Destroyed without a close frame: by us.
        const by = who() ?? (wasReset() ? ({ by: 'server', time: this.now() } as const) : undefined);
        connection.end(wasReset() && !stream.writableFinished ? 'reset' : 'fin', by);
        this.open.delete(ended);
        resolve();
      });
    });
    this.open.add(ended);
  }

  /** Whether the request is allowed at all; if not, it is reported. */
  private strangerRefusal(request: http.IncomingMessage, audience: Audience): PolicyRefusal | undefined {
    const refusal = refusalFor(factsOfMessage(request), audience, this.options.listener);
    if (refusal) this.notices.add(`a request is refused with ${refusal.status}: ${refusal.reason}`);
    return refusal;
  }

  private refusal({ request, http2 }: ReceivedUpgrade, target: URL): PolicyRefusal | undefined {
    const { policy, limits, oneshot } = this.options;
    const stranger = this.strangerRefusal(request, this.audience);
    if (stranger) return stranger;
    if (oneshot && this.accepted > 0) return { status: 503, reason: 'the server takes one connection only' };
    if (this.peers.size >= limits.connections) return { status: 503, reason: 'there are too many connections' };
    const visit = {
      path: target.pathname,
      version: request.headers['sec-websocket-version'],
    };
    const head = http2?.head ?? (parseHead(headOfMessage(request)) as RequestHead);
    return refusalOf(visit, policy) ?? faultOf(head) ?? this.mode.enter?.(target, this);
  }

  private welcome(peer: Peer, target: URL): void {
    const { faults, oneshot } = this.options;
    const { socket } = peer;
    this.accepted++;
    this.peers.add(peer);
    let first = true;
    socket.on('message', (data, isBinary) => {
      this.mode.message(peer, data as Buffer, isBinary);
      if (!first) return;
      first = false;
      if (faults.close) peer.close(faults.close.code, faults.close.reason);
      if (faults.drop) peer.reset();
    });
    // Faults of the peer are reported from the bytes on the wire.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.peers.delete(peer);
      this.mode.closed?.(peer);
      if (oneshot) this.finish();
    });
    for (const bytes of faults.rawFrames ?? []) peer.raw(bytes);
    this.mode.opened?.(peer, target);
  }
}

function modeOf({ mode, replay, answers }: LiveServerOptions, context: ServerContext): Mode {
  if (replay !== undefined) return new ReplayMode(replay, context);
  const plain = modeNamed(mode, context);
  return answers === undefined ? plain : new AnsweringMode(plain, answers, context);
}
