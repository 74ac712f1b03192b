import * as http from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ComparedTransport } from '../../traffic/run-records/compared-transport.js';
import { NO_NAMES } from '../listener/policy.js';
import { LiveServer } from './server.js';
import type { LiveServerOptions, ServerTaker } from './server-options.js';

export interface ComparedConversation {
  readonly messages: number;
  /** Milliseconds between two messages, and between two short polls. */
  readonly pause: number;
  readonly pollEvery: number;
}

export const CONVERSATION: ComparedConversation = { messages: 20, pause: 100, pollEvery: 250 };

/** What a browser sends with each request of a page, in addition to the request itself. */
const BROWSER = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  Accept: '*/*',
  'Accept-Language': 'en-US,en;q=0.9',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Cache-Control': 'no-cache',
};
const MOST_SECONDS = 60;

/** One end sends a message at intervals, another receives it: over three transports at once, each in a room of its own. */
export async function compareTransports(
  reading: Pick<LiveServerOptions, 'reading' | 'now'>,
  conversation: ComparedConversation = CONVERSATION,
): Promise<ComparedTransport[]> {
  const server = new LiveServer({ ...reading, ...OWN_SERVER }, NOBODY);
  const port = await server.listen();
  const late = AbortSignal.timeout(MOST_SECONDS * 1000);
  try {
    return await Promise.all([
      converse('short polling', conversation, new Pollers(port, 'short', conversation.pollEvery, late)),
      converse('long polling', conversation, new Pollers(port, 'long', 0, late)),
      converse('WebSocket', conversation, new Sockets(port)),
    ]);
  } finally {
    await server.close();
  }
}

const OWN_SERVER = {
  place: { host: '127.0.0.1', port: 0 },
  mode: 'chat',
  policy: { subprotocols: [] },
  listener: NO_NAMES,
  faults: {},
  limits: { payload: 65_536, connections: 10, head: 16_384, headSeconds: 10, bodySeconds: 30, stallSeconds: 30 },
  deflate: false,
  oneshot: false,
} as const;

const NOBODY: ServerTaker = {
  looks: false,
  record: () => undefined,
  closed: () => undefined,
  notice: () => undefined,
  polled: () => undefined,
};

/** Both ends of a conversation over one transport. */
interface Transport {
  /** Calls back with each message, in order; resolves when it listens. */
  listen(heard: (msg: string) => void): Promise<void>;
  say(msg: string): Promise<void>;
  close(): Promise<void>;
  readonly counts: { readonly requests: number; readonly up: number; readonly down: number };
}

async function converse(
  name: string,
  { messages, pause }: ComparedConversation,
  transport: Transport,
): Promise<ComparedTransport> {
  const said = new Map<string, number>();
  const delays: number[] = [];
  let size = 0;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  await transport.listen((msg) => {
    delays.push(performance.now() - said.get(msg)!);
    if (delays.length === messages) finish();
  });
  for (let i = 0; i < messages; i++) {
    const msg = `message number ${i} of this conversation`;
    size += msg.length;
    said.set(msg, performance.now());
    await transport.say(msg);
    await sleep(pause);
  }
  await all;
  await transport.close();
  const { requests, up, down } = transport.counts;
  const sorted = delays.toSorted((a, b) => a - b);
  return {
    name,
    messages: delays.length,
    requests,
    bytesUp: up,
    bytesDown: down,
    // Each message is sent up once and down once.
    overheadPerMessage: rounded((up + down - 2 * size) / messages),
    delayMedianMs: rounded(sorted[sorted.length >> 1]!),
    delayMaxMs: rounded(sorted[sorted.length - 1]!),
  };
}

/** To three places: the digits after them are noise. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

class Pollers implements Transport {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  private readonly sockets = new Set<Socket>();
  private requests = 0;
  private closed = false;
  private listening: Promise<void> | undefined;

  constructor(
    private readonly port: number,
    private readonly kind: 'short' | 'long',
    private readonly every: number,
    private readonly late: AbortSignal,
  ) {}

  listen(heard: (msg: string) => void): Promise<void> {
    this.listening = this.poll(heard);
    return Promise.resolve();
  }

  async say(msg: string): Promise<void> {
    await this.request('POST', `/send?room=${this.kind}`, JSON.stringify({ sender: 'ada', msg }));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.listening;
    this.agent.destroy();
  }

  get counts(): Transport['counts'] {
    let [up, down] = [0, 0];
    for (const { bytesWritten, bytesRead } of this.sockets) [up, down] = [up + bytesWritten, down + bytesRead];
    return { requests: this.requests, up, down };
  }

  private async poll(heard: (msg: string) => void): Promise<void> {
    for (let since = 0; !this.closed;) {
      // The last long poll is not held for long, so that the conversation can end.
      const path = this.kind === 'long' ? `/long-poll?timeout=1&` : '/poll?';
      const answer = await this.request('GET', `${path}room=${this.kind}&since=${since}`);
      const { cursor, messages } = JSON.parse(answer) as { cursor: number; messages: { msg: string }[] };
      since = cursor;
      for (const { msg } of messages) heard(msg);
      if (this.every > 0) await sleep(this.every);
    }
  }

  private request(method: string, path: string, body?: string): Promise<string> {
    this.requests++;
    return new Promise((resolve, reject) => {
      const headers = { ...BROWSER, ...(body !== undefined && { 'Content-Type': 'application/json' }) };
      const { port, agent, late } = this;
      const request = http.request(
        { host: '127.0.0.1', port, method, path, headers, agent, signal: late },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve(text));
        },
      );
      request.on('socket', (socket) => this.sockets.add(socket));
      request.on('error', reject);
      request.end(body);
    });
  }
}

class Sockets implements Transport {
  private readonly sockets: Socket[] = [];
  private speaker: WebSocket | undefined;
  private hearer: WebSocket | undefined;

  constructor(private readonly port: number) {}

  async listen(heard: (msg: string) => void): Promise<void> {
    [this.speaker, this.hearer] = await Promise.all([this.open('ada'), this.open('bob')]);
    this.hearer.on('message', (data: Buffer) => heard((JSON.parse(data.toString()) as { msg: string }).msg));
  }

  say(msg: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.speaker!.send(msg, (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.speaker!, this.hearer!].map(
        (socket) =>
          new Promise((resolve) => {
            socket.on('close', resolve);
            socket.close(1000);
          }),
      ),
    );
  }

  get counts(): Transport['counts'] {
    let [up, down] = [0, 0];
    for (const { bytesWritten, bytesRead } of this.sockets) [up, down] = [up + bytesWritten, down + bytesRead];
    return { requests: this.sockets.length, up, down };
  }

  private open(nickname: string): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws/${nickname}`, {
        perMessageDeflate: false,
        headers: BROWSER,
        handshakeTimeout: MOST_SECONDS * 1000,
      });
      socket.on('upgrade', (response) => this.sockets.push(response.socket));
      socket.on('open', () => resolve(socket));
      socket.on('error', reject);
    });
  }
}
