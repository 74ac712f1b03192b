import { headersNamed, readHandshake } from '../../codec/handshake/handshake.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { isOpen } from './bench.js';
import type { Keeping, Tools } from './tools.js';
import { receiveRequest } from './receive-request.js';
import type { Case, CaseVerdict } from '../case.js';
import { ClientBench, type ClientBenchOptions, type ConnectedClient } from './client-bench.js';
import { Condition } from './condition.js';
import { headBytes } from '../handshakes/heads.js';
import { isLarge, judgedOn, type CaseResult } from '../run.js';
import { Slots } from './slots.js';
import type { Wire } from './wire.js';

/** Seconds that a request may take, and a closing handshake. */
const HEAD_TIME = 10;
const GOODBYE_TIME = 2;
/** The time that a report waits for cases that are still judged: a client may have finished them before we have. */
const REPORT_TIME = 10;
/** Characters of an agent's name, and agents: each has results of its own. */
const MOST_NAME = 200;
export const MOST_AGENTS = 64;
/** Cases at one time, and of them those with large messages: what their clients send is kept until they are judged. */
const MOST_RUNNING = 16;
const MOST_LARGE = 2;

export interface DriverOptions {
  readonly cases: readonly Case[];
  readonly tools: Tools;
  readonly patience: number;
  /** Subprotocols that are selected where a client offers them. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Why a request gets no answer at all; undefined: it is allowed. */
  refusal?(this: void, request: RequestHead): { readonly status: number; readonly reason: string } | undefined;
  /** Takes each connection instead of HTTP/1.1: hands on what its clients ask for. */
  over?(this: void, wire: Wire, take: (client: ConnectedClient) => void): Promise<void>;
  /** The answer to first bytes of a connection that are known to be another protocol's than HTTP/1.1. */
  otherProtocol?(this: void, first: Uint8Array): Uint8Array | undefined;
  /** The random numbers of a case. */
  random(this: void, id: string): () => number;
  /** An agent begins: it requests its first case, or its report. */
  came(this: void, agent: string): void;
  result(this: void, agent: string, result: CaseResult): void;
  /** An agent has finished. */
  finished(this: void, agent: string): void;
  /** A client requests the end of the server. */
  stop(this: void): void;
  /** A notice for the user. */
  notice(this: void, message: string): void;
}

/**
 * The testing server that the drivers of the Autobahn Testsuite use: `/getCaseCount`, `/runCase?case=N&agent=X`,
 * `/getCaseStatus`, `/getCaseInfo`, `/updateReports`, `/stopServer`. Cases count from 1.
 */
export class Driver {
  /** The last verdict of each agent's cases. */
  private readonly verdicts = new Map<string, Map<string, CaseVerdict['behavior']>>();
  private readonly slots = { usual: new Slots(MOST_RUNNING), large: new Slots(MOST_LARGE) };

  /** Cases that are not judged yet. */
  private running = 0;
  private isOver = false;
  private hasRefused = false;
  private readonly condition = new Condition();

  constructor(private readonly options: DriverOptions) {}

  /** A case that is not judged yet is no longer reported. */
  end(): void {
    this.isOver = true;
  }

  /** Handles one connection. */
  async take(wire: Wire): Promise<void> {
    const { over } = this.options;
    if (over) return over(wire, (client) => void this.admit(client));
    const client = await receiveRequest(wire, this.options.tools.now, HEAD_TIME, this.options.otherProtocol);
    if (client) await this.admit(client);
  }

  private admit(client: ConnectedClient): Promise<void> {
    const refusal = this.options.refusal?.(client.request);
    return refusal ? refuse(client, refusal.status, refusal.reason) : this.serve(client);
  }

  private async serve(client: ConnectedClient): Promise<void> {
    const url = targetOf(client);
    const isAsked = client.over !== undefined || readHandshake({ request: client.request }).key !== undefined;
    if (!isAsked) return refuse(client, 426, 'this is the testing server: connect by WebSocket');
    const agent = agentOf(client, url);
    switch (url.pathname) {
      case '/getCaseCount':
        return this.answer(client, String(this.options.cases.length));
      case '/runCase':
        return this.runCase(client, url, agent);
      case '/getCaseStatus': {
        const behavior = this.verdicts.get(agent)?.get(this.caseOf(url)?.id ?? '') ?? 'UNKNOWN';
        return this.answer(client, JSON.stringify({ behavior }));
      }
      case '/getCaseInfo': {
        const one = this.caseOf(url);
        if (!one) return refuse(client, 404, 'there is no such case');
        return this.answer(client, JSON.stringify({ id: one.id, description: `${one.title}. ${one.expected}` }));
      }
      case '/updateReports':
        if (!this.knows(agent)) return this.refuseAgent(client, agent);
        await this.answer(client);
        await this.condition.until(() => this.running === 0, REPORT_TIME * this.options.patience);
        this.options.finished(agent);
        if (url.searchParams.get('shutdownOnComplete') === 'true') this.options.stop();
        return;
      case '/stopServer':
        await this.answer(client);
        return this.options.stop();
      default:
        return refuse(client, 404, 'cases are at /runCase?case=1&agent=NAME, their number at /getCaseCount');
    }
  }

  private caseOf({ searchParams }: URL): Case | undefined {
    const { cases } = this.options;
    const id = searchParams.get('casetuple');
    if (id !== null) return cases.find((one) => one.id === id);
    return cases[Number(searchParams.get('case') ?? NaN) - 1];
  }

  private async runCase(client: ConnectedClient, url: URL, agent: string): Promise<void> {
    const one = this.caseOf(url);
    if (!one) return refuse(client, 404, 'there is no such case');
    if (!this.knows(agent)) return this.refuseAgent(client, agent);
    this.running++;
    const keeping = isLarge(one) ? 'large' : 'usual';
    await this.slots[keeping].run(() => this.judge(one, client, agent, keeping));
    this.running--;
    this.condition.notify();
  }

  private async judge(one: Case, client: ConnectedClient, agent: string, keeping: Keeping): Promise<void> {
    if (this.isOver) return;
    const { patience, random, result, subprotocols } = this.options;
    const tools = { ...this.options.tools, keeping };
    const isAboutSeveral = one.traits.includes('several');
    const bench = benchOf(client, { tools, patience, subprotocols, random: random(one.id), isAboutSeveral });
    const judged = await judgedOn(one, bench, tools.now);
    bench.close();
    if (this.isOver) return;
    this.verdicts.get(agent)!.set(one.id, judged.behavior);
    result(agent, { ...judged, exchanges: bench.exchanges });
  }

  /** Whether it is one of the agents; it becomes one while there is room. */
  private knows(agent: string): boolean {
    if (this.verdicts.has(agent)) return true;
    if (this.verdicts.size >= MOST_AGENTS) return false;
    this.verdicts.set(agent, new Map<string, CaseVerdict['behavior']>());
    this.options.came(agent);
    return true;
  }

  private refuseAgent(client: ConnectedClient, agent: string): Promise<void> {
    const reason = `there are ${MOST_AGENTS} agents already: no more are tested in one run`;
    if (!this.hasRefused) this.options.notice(`the agent ${JSON.stringify(agent)} and any other is refused: ${reason}`);
    this.hasRefused = true;
    return refuse(client, 503, reason);
  }

  /** A WebSocket with one message, or none, and an end. */
  private async answer(client: ConnectedClient, text?: string): Promise<void> {
    const { patience, subprotocols } = this.options;
    const tools = { ...this.options.tools, keeping: 'little' as const };
    const bench = benchOf(client, { tools, patience, subprotocols, random: Math.random });
    const tester = await bench.open();
    if (!isOpen(tester)) return;
    if (text !== undefined) await tester.send({ opcode: OPCODE.text, payload: encodeUtf8(text) });
    await tester.close(1000);
    await tester.finish(GOODBYE_TIME * patience);
    bench.close();
  }
}

function targetOf({ request }: ConnectedClient): URL {
  try {
    return new URL(request.target, 'http://host');
  } catch {
    return new URL('http://host/');
  }
}

/** Its name by the request's target, or by the request's headers. */
function agentOf({ request }: ConnectedClient, { searchParams }: URL): string {
  const name = searchParams.get('agent') ?? headersNamed(request, 'User-Agent')[0]?.value ?? 'client';
  return name.slice(0, MOST_NAME);
}

const STATUS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  503: 'Service Unavailable',
};

/** The answer to a request that gets no WebSocket. */
export function refusal(status: number, reason: string): Uint8Array {
  const body = encodeUtf8(`${reason}\n`);
  const head = headBytes({
    line: `HTTP/1.1 ${status} ${STATUS[status] ?? 'Refused'}`,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(body.length)],
      ['Connection', status === 426 ? 'Upgrade' : 'close'],
      ...(status === 405 ? ([['Allow', 'GET']] as const) : []),
      ...(status === 426 ? ([['Upgrade', 'websocket']] as const) : []),
    ],
  });
  return concat([head, body]);
}

function benchOf(client: ConnectedClient, options: ClientBenchOptions): ClientBench {
  return client.over?.bench(options) ?? new ClientBench(client, options);
}

async function refuse({ wire, over }: ConnectedClient, status: number, reason: string): Promise<void> {
  if (over) return over.refuse(status, reason);
  let isOver = false;
  const condition = new Condition();
  // Further bytes are read, so that the answer is not lost to a reset, but not for long.
  wire.listen({
    bytes: () => undefined,
    ended: () => {
      isOver = true;
      condition.notify();
    },
  });
  wire.write(refusal(status, reason));
  wire.finish();
  await condition.until(() => isOver, GOODBYE_TIME);
  wire.drop();
}
