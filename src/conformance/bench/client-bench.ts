import type { RequestHead } from '../../codec/http1/head.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import type { Bench, Fresh, NotOpened, BenchOpenOptions } from './bench.js';
import type { Tools } from './tools.js';
import type { Exchange } from './exchange.js';
import { headBytes, plusHeader, type HeadParts } from '../handshakes/heads.js';
import { Tester } from './tester.js';

/** A client's connection for one case: its request was read, nothing was answered. */
export interface ConnectedClient extends Fresh {
  readonly request: RequestHead;
  /** Bytes that came after the request. */
  readonly rest: Uint8Array;
  /** What is another way than over HTTP/1.1. */
  readonly over?: {
    bench(this: void, options: ClientBenchOptions): ClientBench;
    refuse(this: void, status: number, reason: string): Promise<void>;
  };
}

export interface ClientBenchOptions {
  readonly tools: Tools;
  readonly patience: number;
  random(this: void): number;
  /** Subprotocols that are selected where the client offers them: the first of its own list. */
  readonly subprotocols?: readonly string[] | undefined;
  /** The case is about several WebSockets on one connection of HTTP/2. */
  readonly isAboutSeveral?: boolean;
}

/** Serves a client that has connected: the tester is the server. One for each case. */
export class ClientBench implements Bench {
  readonly peer = 'client';

  constructor(
    protected readonly client: ConnectedClient,
    protected readonly options: ClientBenchOptions,
  ) {}

  get exchanges(): readonly Exchange[] {
    return [this.client.exchange];
  }

  get tools(): Tools {
    return this.options.tools;
  }

  get patience(): number {
    return this.options.patience;
  }

  random(): number {
    return this.options.random();
  }

  /** The correct answer to this request (RFC 6455 §4.2.2), without extensions. */
  head(): HeadParts {
    const { key = '' } = readHandshake({ request: this.client.request });
    const selected = this.selected();
    return {
      line: 'HTTP/1.1 101 Switching Protocols',
      headers: [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Accept', this.tools.acceptOf(key)],
        ...(selected === undefined ? [] : [['Sec-WebSocket-Protocol', selected] as const]),
      ],
    };
  }

  /** RFC 6455 §4.2.2: one of those that the client offers, or none. */
  protected selected(): string | undefined {
    const { subprotocolsOffered } = readHandshake({ request: this.client.request });
    return subprotocolsOffered.find((one) => this.options.subprotocols?.includes(one));
  }

  connect(): never {
    throw new Error('a client is tested: it is the one to connect');
  }

  accept(): Promise<ConnectedClient> {
    return Promise.resolve(this.client);
  }

  open({ agree }: BenchOpenOptions = {}): Promise<Tester | NotOpened> {
    const { wire, exchange, request, rest } = this.client;
    const agreed = agree?.(request);
    const head = agreed ? plusHeader(this.head(), 'Sec-WebSocket-Extensions', agreed.header) : this.head();
    const answer = headBytes(head);
    exchange.add('tester', answer);
    wire.write(answer);
    const { tools } = this;
    const random = (): number => this.random();
    const deflate = agreed?.parameters;
    return Promise.resolve(new Tester({ wire, exchange, role: 'server', tools, deflate, random }, rest));
  }

  /** Ends what the case left open. */
  close(): void {
    this.client.wire.drop();
  }
}
