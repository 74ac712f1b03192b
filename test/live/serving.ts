import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type ClientOptions } from 'ws';
import { freePort } from '../../bench/free-port.js';
import { BINARY, cleanEnv, records } from '../cli/binary.js';

/** `wsinspect serve`, or another command that listens, running. */
export class Serving {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly port: number,
    private readonly said = { out: '', err: '' },
  ) {}

  get out(): string {
    return this.said.out;
  }

  get err(): string {
    return this.said.err;
  }

  /** Starts it on a port of its own; resolves when it listens. */
  static async start(...args: string[]): Promise<Serving> {
    return args.includes('-q') ? Serving.quiet(args) : Serving.run('serve', '0', ...args);
  }

  /** `wsinspect proxy` to this URL. */
  static proxy(url: string, ...args: string[]): Promise<Serving> {
    return Serving.run('proxy', '0', url, ...args);
  }

  private static async run(...args: string[]): Promise<Serving> {
    const child = spawn(process.execPath, [BINARY, ...args], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said.out += chunk.toString();
        const [, found] = /(wss?:\/\/[^\s"]+)/.exec(said.out) ?? [];
        if (found) resolve(found);
      });
      child.on('exit', () => reject(new Error(`serve ended: ${said.out}${said.err}`)));
    });
    return new Serving(child, url, Number(new URL(url).port), said);
  }

  /** The same for one that prints nothing. */
  private static async quiet(args: readonly string[]): Promise<Serving> {
    const port = await freePort();
    const child = spawn(process.execPath, [BINARY, 'serve', String(port), ...args], {
      env: cleanEnv(),
      stdio: 'ignore',
    });
    const serving = new Serving(child, `ws://127.0.0.1:${port}/`, port);
    for (let tries = 0; tries < 200; tries++) {
      try {
        (await serving.raw()).destroy();
        return serving;
      } catch {
        await sleep(25);
      }
    }
    throw new Error('serve does not listen');
  }

  /** Ends it; gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const exited = this.exited();
    this.child.kill(signal);
    return await exited;
  }

  exited(): Promise<number | null> {
    if (this.child.exitCode !== null) return Promise.resolve(this.child.exitCode);
    return new Promise((resolve) => this.child.on('close', resolve));
  }

  /** Waits until what it printed says so. */
  async until(test: (out: string, err: string) => boolean, seconds = 5): Promise<void> {
    for (const end = Date.now() + seconds * 1000; !test(this.out, this.err);) {
      if (Date.now() > end) throw new Error(`serve did not say it: ${this.out}\n${this.err}`);
      await sleep(10);
    }
  }

  get records(): Record<string, unknown>[] {
    return records(this.out.slice(0, this.out.lastIndexOf('\n') + 1));
  }

  open(path = '/', options: ClientOptions = {}, protocols: string[] = []): Promise<Client> {
    return Client.open(new URL(path, this.url).href, options, protocols);
  }

  /** A bare TCP connection. */
  raw(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
    });
  }

  http(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url.replace(/^ws/, 'http')), init);
  }
}

/** A `ws` client that keeps what it gets. */
export class Client {
  readonly messages: string[] = [];
  readonly closed: Promise<readonly [code: number, reason: string]>;
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) =>
      this.messages.push(isBinary ? data.toString('hex') : data.toString()),
    );
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])));
    socket.on('error', () => undefined);
  }

  static open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<Client> {
    const client = new Client(new WebSocket(url, protocols, { perMessageDeflate: false, ...options }));
    return new Promise((resolve, reject) => {
      client.socket.on('open', () => resolve(client));
      client.socket.on('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)));
      });
      client.socket.on('error', (error) => reject(error));
    });
  }

  async got(count: number, seconds = 5): Promise<string[]> {
    for (const end = Date.now() + seconds * 1000; this.messages.length < count;) {
      if (Date.now() > end) throw new Error(`only ${this.messages.length} of ${count} messages came`);
      await sleep(5);
    }
    return this.messages;
  }
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}: ${body}`);
  }
}
