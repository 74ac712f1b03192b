// What a case has: libraries of the folder, servers of the system, and proxies of wsinspect between both ends.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Log } from './log.js';

const WSINSPECT = fileURLToPath(new URL('../../bin/wsinspect.js', import.meta.url));
/** What the servers of the prompt's protocols ask for. */
const SUBPROTOCOLS = { mqtt: 'mqtt', stomp: 'v12.stomp', 'graphql-transport-ws': 'graphql-transport-ws' };
const PATIENCE = 20_000;

export class Bench {
  log = new Log();
  #folder;
  #own;
  #children = [];
  #proxies = [];
  #closing = [];

  constructor(folder) {
    this.#folder = folder;
    this.#own = mkdtempSync(join(folder, 'case-'));
  }

  static has(program) {
    return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  }

  /** A folder of this case, removed after it. */
  get folder() {
    return this.#own;
  }

  /** A package of the folder, with its default export where it has nothing else. */
  async load(name) {
    const bridge = join(this.#folder, 'bridge.mjs');
    writeFileSync(bridge, 'export const load = (name) => import(name);\n');
    const { load } = await import(pathToFileURL(bridge).href);
    return load(name);
  }

  /** The CommonJS form of a package, or a file of it. */
  require(name) {
    return createRequire(join(this.#folder, 'package.json'))(name);
  }

  /** Where a file of a package stands: also one that its `exports` do not have. */
  path(name) {
    return join(this.#folder, 'node_modules', name);
  }

  async freePort() {
    const server = createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
  }

  /** Listens with a `node:http` server (or one like it); its port. */
  async listen(server) {
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    this.onClose(() => {
      server.close();
      server.closeAllConnections?.();
    });
    return server.address().port;
  }

  /** A server of the system, until it answers at that port; `lines` has what it says. */
  async program(command, args, { port, env } = {}) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    const lines = [];
    let rest = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop();
        lines.push(...parts);
      });
    }
    child.once('exit', (status) => lines.push(`ended with ${status}`));
    await this.until(
      () => answers(port),
      () => `${command} is not ready: ${lines.slice(-5).join(' | ')}`,
      3 * PATIENCE,
    );
    return { lines, child };
  }

  /** The port of a proxy before this server. */
  async proxy(port, options = []) {
    const file = join(this.#own, `traffic${this.#proxies.length}.pcapng`);
    const line = [
      'proxy',
      '127.0.0.1:0',
      `ws://127.0.0.1:${port}`,
      '--json',
      '--view',
      'apps',
      '--record',
      file,
      '--preview',
      'all',
    ];
    const child = spawn(process.execPath, [WSINSPECT, ...line, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    const proxy = { child, file, text: '' };
    this.#proxies.push(proxy);
    this.#children.push(child);
    child.stdout.on('data', (chunk) => (proxy.text += chunk));
    await this.until(
      () => proxy.text.includes('\n'),
      () => 'the proxy does not listen',
    );
    return JSON.parse(proxy.text.split('\n', 1)[0]).port;
  }

  /** `connect` at a terminal: types each line, and waits for what it has to bring about at the server. */
  async prompt(url, app, steps) {
    const line = [
      process.execPath,
      WSINSPECT,
      'connect',
      url,
      '--app',
      app,
      ...(SUBPROTOCOLS[app] ? ['-s', SUBPROTOCOLS[app]] : []),
    ];
    const quoted = line.map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qfec', `stty cols 200; exec ${quoted}`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    let shown = '';
    child.stdout.on('data', (chunk) => (shown += chunk));
    await this.until(
      () => shown.includes('>'),
      () => `connect shows no prompt: ${shown}`,
    );
    for (const [typed, holds] of steps) {
      child.stdin.write(`${typed}\n`);
      await this.until(
        () => holds(shown),
        () => `${typed} does not do what it should: ${shown.slice(-1500)}`,
      );
    }
    child.stdin.write('/close\n');
    await new Promise((done) => child.once('exit', done));
  }

  async until(holds, what = () => 'what a case waits for does not come', patience = PATIENCE) {
    const end = Date.now() + patience;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(what());
      await pause(20);
    }
  }

  /** Until what `listen` gets is called. */
  async event(listen, name) {
    let came = false;
    listen(() => (came = true));
    await this.until(
      () => came,
      () => `${name} does not come`,
    );
  }

  pause(ms) {
    return pause(ms);
  }

  onClose(close) {
    this.#closing.push(close);
  }

  /** Until nothing is logged any more. */
  async settled() {
    for (let before = -1; before !== this.log.size; await pause(300)) before = this.log.size;
  }

  /** The records of `proxy` itself, and those of `decode` over what it recorded. */
  async records() {
    const [live, recorded] = [[], []];
    for (const proxy of this.#proxies) {
      const { child, file } = proxy;
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGINT');
      await ended;
      live.push(...parse(proxy.text));
      const line = [WSINSPECT, 'decode', '-f', file, '--json', '--view', 'apps', '--preview', 'all'];
      const { stdout } = spawnSync(process.execPath, line, { maxBuffer: 2 ** 28, encoding: 'utf8' });
      recorded.push(...parse(stdout));
      if (process.env.KEEP) writeFileSync(process.env.KEEP, readFileSync(file));
    }
    return { live, recorded };
  }

  async close() {
    for (const close of this.#closing.reverse()) await close();
    for (const child of this.#children) child.kill('SIGTERM');
    rmSync(this.#own, { recursive: true, force: true });
  }
}

function parse(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function answers(port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
