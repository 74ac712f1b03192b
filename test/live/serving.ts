import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type ClientOptions } from 'ws';
import { freePort } from '../../bench/free-port.js';
import { BINARY, cleanEnv, records } from '../cli/binary.js';
import { startHere, type StartedHere } from '../cli/in-process.js';
import { HELD_CLOCK, HeldClock } from '../cli/held-clock.js';

/** `wsinspect serve`, or another command that listens, running. */
export class Serving {
  /** Has a peer go away that was opened through this. */
  private readonly peers: (() => void)[] = [];

  private constructor(
    private readonly running: ChildProcess | Here,
    readonly url: string,
    readonly port: number,
    private readonly said: Said,
    private readonly held?: HeldClock,
  ) {}

  /** The process of its own. */
  get child(): ChildProcess {
    if (this.running instanceof Here) throw new Error('it runs in the process of the test');
    return this.running;
  }

  get hasEnded(): boolean {
    return this.running.exitCode !== null;
  }

  /** Takes all of these out of the list, and ends those that run. */
  static async endAll(running: Serving[]): Promise<void> {
    for (const serving of running.splice(0)) if (!serving.hasEnded) await serving.stop('SIGKILL');
  }

  get out(): string {
    return this.said.out;
  }

  get err(): string {
    return this.said.err;
  }

  /** Starts it on a port of its own; resolves when it listens. */
  static async start(...args: string[]): Promise<Serving> {
    return args.includes('-q') ? Serving.quiet(args) : Serving.run(['serve', '0', ...args]);
  }

  /** `wsinspect proxy` to this URL. */
  static proxy(url: string, ...args: string[]): Promise<Serving> {
    return Serving.run(['proxy', '0', url, ...args]);
  }

  /** `wsinspect check --listen`. */
  static testing(...args: string[]): Promise<Serving> {
    return Serving.run(['check', '--listen', '0', '--json', ...args]);
  }

  /** The same, with a clock that stands still until the test lets time pass. */
  static async startHeld(...args: string[]): Promise<Serving> {
    return Serving.run(['serve', '0', ...args], true);
  }

  static async proxyHeld(url: string, ...args: string[]): Promise<Serving> {
    return Serving.run(['proxy', '0', url, ...args], true);
  }

  /**
   * A command line that listens, in the process of the test, at a tenth of the cost: for tests that look at what clients
   * meet and at what is printed.
   */
  static async here(...args: string[]): Promise<Serving> {
    const said = new Said();
    const run = new Here(args, said);
    const url = (): string | undefined => /(wss?:\/\/[^\s"]+)/.exec(said.out)?.[1];
    await said.happenings.until(
      () => url() !== undefined || run.exitCode !== null,
      () => `it does not listen: ${said.out}${said.err}`,
    );
    const found = url();
    if (found === undefined) throw new Error(`serve ended: ${said.out}${said.err}`);
    return new Serving(run, found, Number(new URL(found).port), said);
  }

  private static async run(args: readonly string[], isHeld = false): Promise<Serving> {
    const child = spawn(process.execPath, [...(isHeld ? ['--require', HELD_CLOCK] : []), BINARY, ...args], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'pipe', ...(isHeld ? (['ipc'] as const) : [])],
    }) as ChildProcessByStdio<null, Readable, Readable>;
    const held = isHeld ? new HeldClock(child) : undefined;
    const said = new Said();
    child.stderr.on('data', (chunk: Buffer) => said.add('err', chunk));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said.add('out', chunk);
        const [, found] = /(wss?:\/\/[^\s"]+)/.exec(said.out) ?? [];
        if (found) resolve(found);
      });
      child.on('exit', () => reject(new Error(`serve ended: ${said.out}${said.err}`)));
    });
    return new Serving(child, url, Number(new URL(url).port), said, held);
  }

  /** The same for one that prints nothing. */
  private static async quiet(args: readonly string[]): Promise<Serving> {
    const port = await freePort();
    const child = spawn(process.execPath, [BINARY, 'serve', String(port), ...args], {
      env: cleanEnv(),
      stdio: 'ignore',
    });
    const serving = new Serving(child, `ws://127.0.0.1:${port}/`, port, new Said());
    while (child.exitCode === null) {
      try {
        (await serving.raw()).destroy();
        return serving;
      } catch {
        await sleep(25);
      }
    }
    throw new Error('serve ended');
  }

  /** Ends it; gives its exit code. What runs here is not killed: its peers are, and it ends by itself. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const exited = this.exited();
    if (signal === 'SIGKILL' && this.running instanceof Here) for (const leave of this.peers) leave();
    this.running.kill(signal);
    return await exited;
  }

  exited(): Promise<number | null> {
    if (this.running instanceof Here) return this.running.exited;
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return Promise.resolve(exitCode);
    return new Promise((resolve) => this.child.on('close', resolve));
  }

  /** Of one that was started with a held clock. */
  get clock(): HeldClock {
    if (this.held === undefined) throw new Error('its clock is not held');
    return this.held;
  }

  /** Waits until what it printed says so. */
  until(test: (out: string, err: string) => boolean): Promise<void> {
    return this.said.happenings.until(
      () => test(this.out, this.err),
      () => `serve did not say it: ${this.out}\n${this.err}`,
    );
  }

  get records(): Record<string, unknown>[] {
    return records(this.out.slice(0, this.out.lastIndexOf('\n') + 1));
  }

  async open(path = '/', options: ClientOptions = {}, protocols: string[] = []): Promise<Client> {
    const client = await Client.open(new URL(path, this.url).href, options, protocols);
    this.peers.push(() => client.socket.terminate());
    return client;
  }

  /** A bare TCP connection. */
  raw(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(socket));
      this.peers.push(() => socket.destroy());
      socket.on('error', reject);
    });
  }

  http(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url.replace(/^ws/, 'http')), init);
  }
}

/** The exit code of bin/wsinspect.js for an error that was not foreseen. */
const FAULT = 70;

/** The part of a process that a command in this one has. */
class Here {
  exitCode: number | null = null;
  readonly exited: Promise<number>;
  private readonly started: StartedHere;

  constructor(args: readonly string[], said: Said) {
    this.started = startHere(args, (to, chunk) => said.add(to, chunk));
    const ended = (exit: number): number => {
      this.exitCode = exit;
      said.happenings.tell();
      return exit;
    };
    this.exited = this.started.exited.then(ended, (error: Error) => {
      said.add('err', Buffer.from(`${error.stack}`));
      return ended(FAULT);
    });
  }

  /** What runs here can be asked to end, by any signal. */
  kill(signal: NodeJS.Signals): void {
    this.started.interrupt(signal === 'SIGTERM' ? 143 : 130);
  }
}

/** Lets waiters look again whenever something happened; one that waits for ever is a failure that says for what. */
class Events {
  private readonly looks = new Set<() => void>();

  tell(): void {
    for (const look of [...this.looks]) look();
  }

  until(test: () => boolean, missing: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.looks.delete(look);
      };
      const look = (): void => {
        if (!test()) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(missing()));
      }, GIVE_UP);
      this.looks.add(look);
      look();
    });
  }
}

/** Just before a test that waits for ever is ended (vitest.config.ts), so that it says why: milliseconds. */
const GIVE_UP = 100_000;

/** What a process printed so far. */
class Said {
  out = '';
  err = '';
  readonly happenings = new Events();

  add(to: 'out' | 'err', chunk: Buffer): void {
    this[to] += chunk.toString();
    this.happenings.tell();
  }
}

/** A `ws` client that keeps what it gets. */
export class Client {
  readonly messages: string[] = [];
  private readonly happenings = new Events();
  readonly closed: Promise<readonly [code: number, reason: string]>;
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      this.messages.push(isBinary ? data.toString('hex') : data.toString());
      this.happenings.tell();
    });
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

  /** Waits until that number of messages came. */
  async got(count: number): Promise<string[]> {
    await this.happenings.until(
      () => this.messages.length >= count,
      () => `only ${this.messages.length} of ${count} messages came`,
    );
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
