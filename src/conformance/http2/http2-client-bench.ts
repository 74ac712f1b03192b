import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import type { BenchOpenOptions, Http2Access, ServedStream } from '../bench/bench.js';
import { ClientBench, type ClientBenchOptions, type ConnectedClient } from '../bench/client-bench.js';
import { Tester } from '../bench/tester.js';
import { RECORDED } from './http2-server-bench.js';
import type { LinkField } from './link-writer.js';
import type { LinkStream } from './link-stream.js';

/** Bytes that may wait when a case ends: a client that does not read is cut off. */
const MOST_WAITING = 64 * 1024;

/** Serves a client over HTTP/2: the WebSocket is the stream that it has opened (RFC 8441). One for each case. */
export class Http2ClientBench extends ClientBench {
  readonly http2: Http2Access;

  constructor(
    client: ConnectedClient,
    private readonly served: ServedStream,
    options: ClientBenchOptions,
  ) {
    super(client, options);
    if (!options.isAboutSeveral) served.further.refuse();
    this.http2 = {
      link: () => {
        throw new Error('a client is tested: it is the one to connect');
      },
      served,
      fields: () => this.fields(),
      tester: (stream, deflate) => this.tester(stream, deflate),
    };
  }

  override open({ agree }: BenchOpenOptions = {}): Promise<Tester> {
    const { link, stream } = this.served;
    const agreed = agree?.(this.client.request);
    const extension = agreed ? [{ name: 'sec-websocket-extensions', value: agreed.header }] : [];
    link.section(stream, [...this.fields(), ...extension]);
    return Promise.resolve(this.tester(stream, agreed?.parameters));
  }

  override close(): void {
    const { wire } = this.served.link;
    if (wire.waiting > MOST_WAITING) wire.drop();
    else void wire.flushed().then(() => wire.drop());
  }

  /** RFC 8441 §5: the answer that accepts. */
  private fields(): LinkField[] {
    const selected = this.selected();
    return [
      { name: ':status', value: '200' },
      ...(selected === undefined ? [] : [{ name: 'sec-websocket-protocol', value: selected }]),
    ];
  }

  private tester(stream: LinkStream, deflate?: DeflateParameters): Tester {
    const random = (): number => this.random();
    const { tools } = this;
    return new Tester({ wire: stream, exchange: RECORDED, isStream: true, role: 'server', tools, deflate, random });
  }
}
