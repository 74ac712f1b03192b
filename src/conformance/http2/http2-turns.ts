import type { Bench, Http2Access, LinkChoice } from '../bench/bench.js';
import type { DriverOptions } from '../bench/driver.js';
import { Exchange } from '../bench/exchange.js';
import type { Wire } from '../bench/wire.js';
import { answerPlainly } from './http2-clients.js';
import { beginHttp2, type AnswerForeign } from './http2-begin.js';
import { Http2Link } from './http2-link.js';
import { isConnect, type LinkStream } from './link-stream.js';
import { judgedOn } from '../run.js';

export type TurnOptions = Pick<
  DriverOptions,
  'cases' | 'tools' | 'patience' | 'random' | 'came' | 'result' | 'finished'
> & {
  /** The name of whoever connects. */
  readonly agent: string;
  readonly foreign: AnswerForeign;
};

/** Cases that no request can select: each connection of a client is one, in their order, and again from the first. */
export class Http2Turns {
  private taken = 0;
  private judged = 0;
  private isOver = false;

  constructor(private readonly options: TurnOptions) {}

  /** A case that is not judged yet is no longer reported. */
  end(): void {
    this.isOver = true;
  }

  /** Handles one connection. */
  async take(wire: Wire): Promise<void> {
    const { agent, cases, foreign, tools, patience, random, came, result, finished } = this.options;
    const early = await beginHttp2(wire, foreign);
    if (!early || this.isOver) return;
    came(agent);
    const one = cases[this.taken++ % cases.length]!;
    const exchange = new Exchange(tools.now, 0);
    const bench = turnBench({ tools, patience, random: random(one.id) }, (choice) =>
      begin(wire, exchange, early, choice),
    );
    const judged = await judgedOn(one, bench, tools.now);
    wire.drop();
    if (this.isOver) return;
    result(agent, { ...judged, exchanges: [exchange] });
    if (++this.judged >= cases.length) finished(agent);
  }
}

function begin(wire: Wire, exchange: Exchange, early: readonly Uint8Array[], choice: LinkChoice = {}): Http2Link {
  const link: Http2Link = new Http2Link({
    ...{ role: 'server', wire, exchange, ...choice },
    opened: (stream) => isConnect(stream) || notFound(link, stream),
  });
  link.begin();
  for (const chunk of early) link.bytes(chunk);
  return link;
}

/** Another request than a WebSocket's: a page, for example. */
function notFound(link: Http2Link, stream: LinkStream): void {
  answerPlainly(link, stream, 404, 'this is the testing server, on a connection that takes no WebSocket');
}

function turnBench(
  shared: Pick<Bench, 'tools' | 'patience' | 'random'>,
  link: (choice?: LinkChoice) => Http2Link,
): Bench {
  const none = (): never => {
    throw new Error('no WebSocket is open in this case');
  };
  const http2: Http2Access = { link: (choice) => Promise.resolve(link(choice)), fields: none, tester: none };
  return { ...shared, peer: 'client', http2, head: none, connect: none, accept: none, open: none };
}
