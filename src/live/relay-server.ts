import * as net from 'node:net';
import * as tls from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import type { RelayFault } from '../rules/relay-fault.js';
import type { Polled } from '../rules/polled.js';
import { dial, DialError, type Line, type Route } from './dial.js';
import { LiveConnection, type LiveContext, type LiveTaker } from './live-connection.js';
import { placeText, type Place } from './route.js';
import { readOut } from './read-out.js';
import { RelayConnection, type Faults, type RelayWatcher } from './relay-connection.js';
import type { HeadEdit } from './relay-head.js';

export interface RelayOptions extends LiveContext {
  readonly host: string;
  readonly port: number;
  /** TLS is spoken with the clients. */
  readonly tls?: tls.TlsOptions;
  readonly route: Route;
  /** Seconds that a connection to the server may take. */
  readonly connectTime: number;
  readonly edit: HeadEdit;
  readonly faults: Faults;
  /** Numbers from 0 up to 1 for the faults of a connection. */
  random(this: void, connection: number): () => number;
  /** Whether a connection is looked at. */
  wants?(this: void, connection: number, client: Place, server: Place): boolean;
}

export interface RelayServerTaker extends LiveTaker {
  /** Somebody wants to know what passes the connections that begin now. */
  readonly looks: boolean;
  notice(message: string): void;
  fault(fault: RelayFault): void;
  polled(polled: Polled): void;
}

const NOBODY: LiveTaker = { record: () => undefined, closed: () => undefined };
/** How long a client that gets a 502 has to take it: milliseconds. */
const TAKING = 1000;
const MOST_COMPLAINTS = 50;

/** Accepts connections, and makes for each one of its own to the server. */
export class RelayServer {
  private readonly server: net.Server;
  private readonly sockets = new Set<Socket>();
  private readonly open = new Set<RelayConnection>();
  private readonly giveUp = new AbortController();
  private numbers = 0;
  private visits = 0;
  private complaints = 0;

  constructor(
    private readonly options: RelayOptions,
    private readonly taker: RelayServerTaker,
  ) {
    const shape = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
    const take = (socket: Socket): void => void this.take(socket);
    this.server = options.tls
      ? tls.createServer({ ...options.tls, allowHalfOpen: true, noDelay: true, ALPNProtocols: ['http/1.1'] }, take)
      : net.createServer(shape, take);
    this.server.on('tlsClientError', (error: Error) => this.complain(`a TLS handshake failed: ${error.message}`));
  }

  listen(): Promise<AddressInfo> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve(this.server.address() as AddressInfo);
      });
    });
  }

  /** Takes nobody in any more, and ends what is open. */
  async close(): Promise<void> {
    this.giveUp.abort();
    const gone = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const finished = [...this.open].map((connection) => {
      connection.close();
      return connection.finished;
    });
    await Promise.all(finished);
    for (const socket of this.sockets) socket.destroy();
    await gone;
  }

  private async take(client: Socket): Promise<void> {
    this.sockets.add(client);
    client.on('close', () => this.sockets.delete(client));
    // Until the server answers, the client's end is all that can go wrong.
    client.on('error', () => undefined);
    client.pause();
    readOut(client);
    const late = AbortSignal.timeout(this.options.connectTime * 1000);
    let line: Line;
    try {
      line = await dial(this.options.route, AbortSignal.any([this.giveUp.signal, late]));
    } catch (error) {
      return this.refuse(client, error as Error);
    }
    if (client.destroyed) return void line.stream.destroy();
    this.relay(client, line);
  }

  private relay(client: Socket, { stream: server, ends }: Line): void {
    const { options, taker } = this;
    const source = placeOf(client);
    const from = placeText(source);
    const to = ends.server === undefined ? {} : { server: ends.server };
    const there = placeOf(server);
    let number = -1;
    let isWanted = taker.looks && options.wants === undefined;
    const watch = (): RelayWatcher | undefined => {
      number = this.numbers++;
      isWanted = taker.looks && options.wants?.(number, source, there) !== false;
      // What is not shown is recorded all the same.
      if (!isWanted && options.recorder === undefined) return undefined;
      return new LiveConnection(number, { client: from, ...to }, 'server', options, isWanted ? taker : NOBODY);
    };
    const plan = {
      edit: options.edit,
      faults: options.faults,
      random: options.random(this.visits++),
      now: options.now,
    };
    const connection = new RelayConnection(client, server, plan, {
      watch,
      fault: (fault) => isWanted && taker.fault({ connection: number, time: options.now(), ...fault }),
      polled: (polled) => taker.looks && taker.polled({ client: from, ...polled }),
    });
    this.open.add(connection);
    void connection.finished.then(() => this.open.delete(connection));
  }

  /** The server can't be reached. */
  private refuse(client: Socket, error: Error): void {
    if (this.giveUp.signal.aborted) return void client.destroy();
    const words = error instanceof DialError ? error.message : String(error);
    this.complain(`a connection is refused with 502: ${words}`);
    const body = `wsinspect: ${words}\n`;
    const head = ['HTTP/1.1 502 Bad Gateway', 'Content-Type: text/plain; charset=utf-8', 'Connection: close'];
    client.resume();
    client.end(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`);
    setTimeout(() => client.destroy(), TAKING).unref();
  }

  private complain(message: string): void {
    this.complaints++;
    if (this.complaints <= MOST_COMPLAINTS) this.taker.notice(message);
    if (this.complaints === MOST_COMPLAINTS) this.taker.notice('more of that is not told');
  }
}

/** The other end of a socket; IPv4 as it is, where the socket takes both. */
function placeOf({ remoteAddress = '', remotePort = 0 }: Socket): Place {
  return { host: remoteAddress.replace(/^::ffff:(?=\d+\.)/, ''), port: remotePort };
}
