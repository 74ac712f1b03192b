import { headersNamed, readHandshake } from '../codec/handshake.js';
import type { RequestHead } from '../codec/http1.js';
import { OPCODE } from '../codec/registry.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { isOpen, type Tools } from './bench.js';
import { receive } from './caller.js';
import type { Case, Verdict } from './case.js';
import { ClientBench, type Caller } from './client-bench.js';
import { Happenings } from './happenings.js';
import { headBytes } from './heads.js';
import type { Result } from './run.js';
import type { Wire } from './wire.js';

/** Seconds that a request may take, and a goodbye. */
const HEAD_TIME = 10;
const GOODBYE_TIME = 2;
/** How long a report waits for cases that are still judged: a client may be done with them before we are. */
const REPORT_TIME = 10;
/** Characters of an agent's name, and agents. */
const MOST_NAME = 200;
const MOST_AGENTS = 1000;

export interface DriverOptions {
  readonly cases: readonly Case[];
  readonly tools: Tools;
  readonly patience: number;
  /** Why a request gets nothing at all; undefined: it may ask. */
  refusal?(this: void, request: RequestHead): { readonly status: number; readonly reason: string } | undefined;
  /** The random numbers of a case. */
  random(this: void, id: string): () => number;
  result(this: void, agent: string, result: Result): void;
  /** An agent has done all that it wants to. */
  finished(this: void, agent: string): void;
  /** Somebody asks the server to end. */
  stop(this: void): void;
}

/**
 * The testing server that the drivers of the Autobahn Testsuite talk to: `/getCaseCount`, `/runCase?case=N&agent=X`,
 * `/getCaseStatus`, `/getCaseInfo`, `/updateReports`, `/stopServer`. Cases count from 1.
 */
export class Driver {
  /** The last verdict of each agent's cases. */
  private readonly verdicts = new Map<string, Map<string, Verdict>>();

  /** Cases that are not judged yet. */
  private running = 0;
  private readonly happenings = new Happenings();

  constructor(private readonly options: DriverOptions) {}

  /** Everything that one connection wants. */
  async take(wire: Wire): Promise<void> {
    const caller = await receive(wire, this.options.tools.now, HEAD_TIME);
    if (!caller) return;
    const refusal = this.options.refusal?.(caller.request);
    return refusal ? refuse(caller, refusal.status, refusal.reason) : this.serve(caller);
  }

  private async serve(caller: Caller): Promise<void> {
    const url = targetOf(caller);
    const { key } = readHandshake({ request: caller.request });
    if (key === undefined) return refuse(caller, 426, 'this is the testing server: connect by WebSocket');
    const agent = agentOf(caller, url);
    switch (url.pathname) {
      case '/getCaseCount':
        return this.answer(caller, String(this.options.cases.length));
      case '/runCase':
        return this.runCase(caller, url, agent);
      case '/getCaseStatus': {
        const verdict = this.verdicts.get(agent)?.get(this.caseOf(url)?.id ?? '');
        return this.answer(caller, JSON.stringify({ behavior: verdict?.behavior ?? 'UNKNOWN' }));
      }
      case '/getCaseInfo': {
        const one = this.caseOf(url);
        if (!one) return refuse(caller, 404, 'there is no such case');
        return this.answer(caller, JSON.stringify({ id: one.id, description: `${one.title}. ${one.expected}` }));
      }
      case '/updateReports':
        await this.answer(caller);
        await this.happenings.until(() => this.running === 0, REPORT_TIME * this.options.patience);
        this.options.finished(agent);
        if (url.searchParams.get('shutdownOnComplete') === 'true') this.options.stop();
        return;
      case '/stopServer':
        await this.answer(caller);
        return this.options.stop();
      default:
        return refuse(caller, 404, 'cases are at /runCase?case=1&agent=NAME, their number at /getCaseCount');
    }
  }

  private caseOf({ searchParams }: URL): Case | undefined {
    const { cases } = this.options;
    const id = searchParams.get('casetuple');
    if (id !== null) return cases.find((one) => one.id === id);
    return cases[Number(searchParams.get('case') ?? NaN) - 1];
  }

  private async runCase(caller: Caller, url: URL, agent: string): Promise<void> {
    const one = this.caseOf(url);
    if (!one) return refuse(caller, 404, 'there is no such case');
    const { tools, patience, random, result } = this.options;
    const bench = new ClientBench(caller, { tools, patience, random: random(one.id) });
    this.running++;
    const began = tools.now();
    let verdict: Verdict;
    try {
      verdict = await one.run(bench);
    } catch (error) {
      verdict = {
        behavior: 'FAILED',
        behaviorClose: 'FAILED',
        actual: `the case broke off: ${(error as Error).message}`,
      };
    } finally {
      bench.close();
    }
    this.running--;
    this.keep(agent, one.id, verdict);
    result(agent, { ...verdict, case: one, duration: tools.now() - began, exchanges: bench.exchanges });
    this.happenings.tell();
  }

  private keep(agent: string, id: string, verdict: Verdict): void {
    let own = this.verdicts.get(agent);
    if (!own) {
      if (this.verdicts.size >= MOST_AGENTS) return;
      this.verdicts.set(agent, (own = new Map<string, Verdict>()));
    }
    own.set(id, verdict);
  }

  /** A WebSocket with one message, or none, and an end. */
  private async answer(caller: Caller, text?: string): Promise<void> {
    const { tools, patience } = this.options;
    const bench = new ClientBench(caller, { tools, patience, random: Math.random });
    const tester = await bench.open();
    if (!isOpen(tester)) return;
    if (text !== undefined) await tester.send({ opcode: OPCODE.text, payload: encodeUtf8(text) });
    await tester.close(1000);
    await tester.finish(GOODBYE_TIME * patience);
    bench.close();
  }
}

function targetOf({ request }: Caller): URL {
  try {
    return new URL(request.target, 'http://host');
  } catch {
    return new URL('http://host/');
  }
}

/** What it says it is, or what its request says. */
function agentOf({ request }: Caller, { searchParams }: URL): string {
  const name = searchParams.get('agent') ?? headersNamed(request, 'User-Agent')[0]?.value ?? 'client';
  return name.slice(0, MOST_NAME);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
};

async function refuse({ wire, exchange }: Caller, status: number, reason: string): Promise<void> {
  const body = `${reason}\n`;
  const answer = headBytes({
    line: `HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}`,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', String(body.length)],
      ['Connection', status === 426 ? 'Upgrade' : 'close'],
      ...(status === 426 ? ([['Upgrade', 'websocket']] as const) : []),
    ],
  });
  exchange.add('tester', answer);
  wire.write(answer);
  wire.write(encodeUtf8(body));
  await wire.flushed();
  wire.finish();
}
