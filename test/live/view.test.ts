import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BINARY, cleanEnv, ROOT, Workshop, wsinspect } from '../cli/binary.js';
import { addBatch } from '../../src/describe/timeline/row-batch.js';
import { RowColumns } from '../../src/describe/timeline/row-columns.js';

const CAPTURE = join(ROOT, 'fixtures/captures/websocket.pcapng');
type PageMessage = Readonly<Record<string, unknown>>;

/** `wsinspect view` as a process, and what its page would ask for. */
class Viewing {
  readonly columns = new RowColumns();
  readonly messages: PageMessage[] = [];
  private constructor(
    readonly child: ChildProcess,
    readonly url: URL,
  ) {}

  static async start(...args: string[]): Promise<Viewing> {
    const child = spawn(process.execPath, [BINARY, 'view', '--json', ...args], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new Viewing(child, new URL((JSON.parse(line) as { page: string }).page));
  }

  socket(headers: Record<string, string> = {}, token = this.url.searchParams.get('token')): WebSocket {
    const protocols = ['wsinspect.inspect', ...(token === null ? [] : [`wsinspect.token.${token}`])];
    const { host, origin } = this.url;
    return new WebSocket(`ws://${host}/.inspect`, protocols, { headers: { Origin: origin, ...headers } });
  }

  /** Reads all rows, as the page does. */
  async readAll(): Promise<WebSocket> {
    const socket = this.socket();
    let names = 0;
    return new Promise((resolve) => {
      const more = (): void => socket.send(JSON.stringify({ type: 'more', from: this.columns.length, names }));
      socket.on('open', more);
      socket.on('message', (data, isBinary) => {
        if (isBinary) {
          addBatch(this.columns, Uint8Array.from(data as Buffer).buffer);
          return more();
        }
        const message = JSON.parse((data as Buffer).toString()) as PageMessage;
        this.messages.push(message);
        if (message['type'] === 'names') names += (message['names'] as unknown[]).length;
        if (message['type'] === 'progress' && message['isDone'] && message['rows'] === this.columns.length)
          resolve(socket);
      });
    });
  }

  stop(): Promise<unknown> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    return ended;
  }
}

/** The first answer of that kind to a command. */
function answer(socket: WebSocket, command: object, type: string): Promise<PageMessage> {
  return new Promise((resolve) => {
    const take = (data: Buffer, isBinary: boolean): void => {
      const message = isBinary ? {} : (JSON.parse(data.toString()) as PageMessage);
      if (message['type'] !== type) return;
      socket.off('message', take);
      resolve(message);
    };
    socket.on('message', take);
    socket.send(JSON.stringify(command));
  });
}

function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (request, { statusCode }) => {
      resolve(statusCode ?? 0);
      request.destroy();
    });
    socket.on('open', () => resolve(101));
  });
}

describe('view', () => {
  const running: Viewing[] = [];
  let shop: Workshop;
  beforeAll(() => {
    shop = new Workshop();
  });
  afterAll(() => shop.remove());
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  const start = async (...args: string[]): Promise<Viewing> => {
    const one = await Viewing.start(...args);
    running.push(one);
    return one;
  };

  it('gives the rows of decode, and their records on request', async () => {
    const viewing = await start(CAPTURE);
    const socket = await viewing.readAll();
    expect([...viewing.columns.kinds.subarray(0, viewing.columns.length)]).toEqual([16, 1, 1, 1, 1, 2, 8, 8, 17]);
    const { records } = await answer(socket, { type: 'rows', id: 7, rows: [0, 1, 2, 999] }, 'rows');
    const [handshake, server, client, none] = records as PageMessage[];
    expect(handshake).toMatchObject({ type: 'handshake', valid: true });
    expect(server).toMatchObject({ type: 'frame', direction: 'server', opcode: 1, header: '8107', payloadBytes: 7 });
    expect(Buffer.from(client!['payload'] as string, 'base64').toString()).toBe('5555555');
    expect(none).toBe(null);
    const found = await answer(socket, { type: 'search', id: 8, text: 'ca[f]e' }, 'found');
    expect(found).toEqual({ type: 'found', id: 8, rows: [3], isDone: true });
    const wrong = await answer(socket, { type: 'search', id: 9, text: '(' }, 'found');
    expect(wrong).toMatchObject({ id: 9, rows: [], wrong: true });
  });

  it('reports how much was read of how much', async () => {
    const viewing = await start(CAPTURE);
    await viewing.readAll();
    const last = viewing.messages.findLast(({ type }) => type === 'progress');
    expect(last).toEqual({
      type: 'progress',
      rows: 9,
      read: 2672,
      total: 2672,
      isDone: true,
      left: 0,
      bare: 0,
      notices: [],
    });
  });

  it.each([
    [
      ['--opcode', 'text', '--direction', 'client'],
      [1, 1, 17],
    ],
    // A notice: nothing matches.
    [['--trouble'], [18]],
    [
      ['--grep', 'Hello'],
      [1, 17],
    ],
  ])('takes the filters of decode: %j', async (args, kinds) => {
    const viewing = await start(CAPTURE, ...args);
    await viewing.readAll();
    expect([...viewing.columns.kinds.subarray(0, viewing.columns.length)]).toEqual(kinds);
  });

  it('shows what was read of a file that is damaged, and why not more', async () => {
    const path = join(shop.folder, 'cut.pcap');
    writeFileSync(path, readFileSync(CAPTURE).subarray(0, 1100));
    const viewing = await start(path);
    const socket = await viewing.readAll();
    const kinds = [...viewing.columns.kinds.subarray(0, viewing.columns.length)];
    expect(kinds.toSorted((a, b) => a - b)).toEqual([16, 17, 18]);
    const { records } = await answer(socket, { type: 'rows', id: 1, rows: [kinds.indexOf(18)] }, 'rows');
    expect(records).toMatchObject([{ type: 'notice', message: expect.stringContaining('cut.pcap: offset') as string }]);
  });

  describe('of a file that is not as it was', () => {
    /** The second frame of a client, and what is reported to the page afterwards. */
    const lookAfter = async (change: (path: string) => void): Promise<[record: PageMessage, lost: unknown]> => {
      const path = join(shop.folder, 'shown.pcap');
      copyFileSync(CAPTURE, path);
      const viewing = await start(path);
      const socket = await viewing.readAll();
      change(path);
      const { records } = await answer(socket, { type: 'rows', id: 1, rows: [2] }, 'rows');
      const last = viewing.messages.findLast(({ type }) => type === 'progress');
      return [(records as PageMessage[])[0]!, last?.['missing']];
    };

    it.each([
      ['deleted', (path: string) => rmSync(path)],
      ['renamed', (path: string) => renameSync(path, `${path}.old`)],
      ['longer', (path: string) => appendFileSync(path, 'more')],
    ])('shows frames as they were: %s', async (_, change) => {
      const [record, lost] = await lookAfter(change);
      expect(Buffer.from(record['payload'] as string, 'base64').toString()).toBe('5555555');
      expect(lost).toBe(undefined);
    });

    it.each([
      ['shorter', (path: string) => truncateSync(path, 100)],
      ['another', (path: string) => writeFileSync(path, Buffer.alloc(4096, 'x'))],
      [
        'changed in one byte',
        (path: string) => {
          const bytes = readFileSync(path);
          bytes[bytes.length - 1]! ^= 1;
          writeFileSync(path, bytes);
        },
      ],
    ])('says why it shows no frame: %s', async (_, change) => {
      const [record, lost] = await lookAfter(change);
      const reason = expect.stringMatching(/shown\.pcap has changed since it was read$/) as string;
      expect(record).toMatchObject({ type: 'lost', connection: 0, reason });
      expect(lost).toContain('shown.pcap has changed since it was read: frames are neither shown');
    });

    it('does not find what is not there any more', async () => {
      const path = join(shop.folder, 'sought.pcap');
      copyFileSync(CAPTURE, path);
      const viewing = await start(path);
      const socket = await viewing.readAll();
      truncateSync(path, 100);
      const found = await answer(socket, { type: 'search', id: 1, text: '5555555|changed|sought' }, 'found');
      expect(found).toMatchObject({ rows: [], isDone: true });
      const last = viewing.messages.findLast(({ type }) => type === 'progress');
      expect(last!['missing']).toContain('has changed');
    });
  });

  it.each(['a pipe', 'gzip'])('gives the frames of %s', async (form) => {
    const bytes = readFileSync(CAPTURE);
    const path = join(shop.folder, form === 'gzip' ? 'packed.pcap.gz' : 'pipe');
    if (form === 'gzip') writeFileSync(path, gzipSync(bytes));
    else execFileSync('mkfifo', [path]);
    const viewing = await start(path);
    if (form !== 'gzip') writeFileSync(path, bytes);
    const socket = await viewing.readAll();
    if (form === 'gzip') truncateSync(path, 0);
    const { records } = await answer(socket, { type: 'rows', id: 1, rows: [2] }, 'rows');
    const [record] = records as PageMessage[];
    expect(Buffer.from(record!['payload'] as string, 'base64').toString()).toBe('5555555');
  });

  it('admits its own page alone', async () => {
    const viewing = await start(CAPTURE);
    const { host } = viewing.url;
    const port = host.split(':')[1];
    const statuses = [
      viewing.socket(),
      viewing.socket({}, null),
      viewing.socket({}, 'wrong'),
      viewing.socket({ Origin: 'http://evil.example' }),
      viewing.socket({ Host: `evil.example:${port}` }),
    ].map(statusOf);
    expect(await Promise.all(statuses)).toEqual([101, 403, 403, 403, 403]);
    const page = await fetch(viewing.url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('id="ov-canvas"');
    expect(await (await fetch(`http://${host}/`)).text()).toContain('needs a token');
    expect((await fetch(`http://${host}/etc/passwd`)).status).toBe(404);
  });

  it('closes on what is no command', async () => {
    const viewing = await start(CAPTURE);
    for (const text of [
      '',
      '[]',
      'null',
      '{"type":"rows","rows":[-1]}',
      '{"type":"more","from":"0"}',
      '{"type":"x"}',
    ]) {
      const socket = viewing.socket();
      await once(socket, 'open');
      socket.send(text);
      const [code] = (await once(socket, 'close')) as [number];
      expect([text, code]).toEqual([text, 1003]);
    }
  });

  it.each([
    ['a file that is not there', ['no/such.pcap'], 'no/such.pcap'],
    ['a file without a connection', [join(ROOT, 'package.json')], 'package.json'],
    ['an address that is none', [CAPTURE, '--listen', 'x:y:z'], 'x:y:z'],
    ['an option of the printed views', [CAPTURE, '--stats'], '--stats'],
  ])('ends with exit 2 for %s', async (_, args, words) => {
    const { exit, err } = await wsinspect(['view', ...args]);
    expect(exit).toBe(2);
    expect(err).toContain(words);
  });

  it('offers no page where an application protocol or a schema is none', async () => {
    for (const args of [
      ['--app', 'none-such'],
      ['--proto', 'no-such.proto'],
    ]) {
      const { exit, err } = await wsinspect(['view', CAPTURE, ...args]);
      expect(exit).toBe(2);
      expect(err).toMatch(/^wsinspect: --(?:app|proto) no/);
    }
  });

  it('prints the address on stderr, and ends with a signal', async () => {
    const child = spawn(process.execPath, [BINARY, 'view', CAPTURE], {
      env: cleanEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      if (err.includes('to watch')) child.kill('SIGINT');
    });
    const [exit] = (await once(child, 'close')) as [number];
    expect(err).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32} to watch\n$/);
    expect({ exit, out }).toEqual({ exit: 130, out: '' });
  });
});
